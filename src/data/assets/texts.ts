// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import type { Data } from '../../api';
import { formatBytes } from '../../components';
import type { DataCheck } from './model';

/** Return the number of files and their size. */
export function sizeText({ fingerprint: { files, bytes } }: Data, trans: TranslationBundle): string {
  return files === 1 ? formatBytes(bytes) : trans.__('%1 files, %2', files.toLocaleString(), formatBytes(bytes));
}

/** Return what is known of the files, and so what a check can find. */
export function trustText({ fingerprint: { content } }: Data, trans: TranslationBundle): string {
  return content === null
    ? trans.__('Names, sizes and times of the files are recorded, not their content.')
    : trans.__('The content is recorded: any change is found.');
}

/** Return the result of a check. */
export function checkText({ state, trust, detail }: DataCheck, trans: TranslationBundle): string {
  if (state === 'missing') return trans.__('The files are missing: %1', detail);
  if (state === 'changed') return trans.__('The files have changed: %1', detail);
  return trust === 'content'
    ? trans.__('Unchanged: the content is the same.')
    : trans.__('Unchanged: names, sizes and times of the files are the same.');
}
