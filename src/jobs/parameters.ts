// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** The tag of the cell whose assignments are the parameters of a notebook; papermill has the same. */
const TAG = 'parameters';

/** The metadata of a cell of an open notebook. */
export interface ICellMetadata {
  getMetadata(key: string): unknown;
  setMetadata(key: string, value: unknown): void;
  deleteMetadata(key: string): void;
}

const tagsOf = (cell: ICellMetadata): string[] => (cell.getMetadata('tags') as string[] | undefined) ?? [];

/** Return whether a cell contains the parameters. */
export const isParameters = (cell: ICellMetadata): boolean => tagsOf(cell).includes(TAG);

/** Mark a cell as the one that contains the parameters, and no other; null to mark none. */
export function markParameters(cells: readonly ICellMetadata[], marked: ICellMetadata | null): void {
  for (const cell of cells) {
    if (isParameters(cell) === (cell === marked)) continue;
    const tags = tagsOf(cell).filter(tag => tag !== TAG);
    if (cell === marked) tags.push(TAG);
    if (tags.length) cell.setMetadata('tags', tags);
    else cell.deleteMetadata('tags');
  }
}
