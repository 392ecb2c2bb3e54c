// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ReadonlyJSONObject } from '@lumino/coreutils';

import type { LineageNode } from './model';

/** IDs of the commands for lineage. */
export const LineageCommands = {
  /** Takes the `reference` of a version of an asset, or the `name` of a job. */
  show: 'jupyter-ml:show-lineage'
} as const;

/** Return the command that opens what a node stands for, and its arguments. */
export function openCommand({ kind, name, version, title }: LineageNode): [command: string, args: ReadonlyJSONObject] {
  if (kind === 'notebook') return ['docmanager:open', { path: title }];
  return [`jupyter-ml:open-${kind}`, version ? { name, version } : { name }];
}
