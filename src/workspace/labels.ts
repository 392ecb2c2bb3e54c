// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { visible } from '../components';

/** Return the directory that contains a workspace, which users know it by. */
function placeOf(folder: string): string {
  return folder.replace(/\/\.jupyter-ml$/, '') || '/';
}

/** Return the name of a workspace, and where it is. */
export function labelOf(name: string, folder: string): string {
  return `${visible(name)} (${visible(placeOf(folder))})`;
}
