// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { Environment } from '../api';

/** Return whether a version is installed, in words. */
export function stateText(state: Environment['state'], trans: TranslationBundle): string {
  if (state === null || state === undefined) return trans.__('image');
  const words = {
    built: trans.__('built'),
    building: trans.__('building…'),
    failed: trans.__('failed'),
    not_built: trans.__('not built')
  };
  return words[state];
}

/** Return the name and the version of a line of a lock or a list of requirements. */
export function splitRequirement(line: string): [name: string, version: string] {
  const match = /^([A-Za-z0-9][\w.-]*)(.*)$/.exec(line);
  return match ? [match[1], match[2].replace(/^==/, '').trim()] : [line, ''];
}
