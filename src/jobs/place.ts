// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { Progress } from '../api';

/** Where a cell is; `jupyter_ml.schemas.cells.CellPlace` has the same text. */
export interface ICellPlace {
  /** Its execution count; null before it runs. */
  readonly prompt: number | null;
  /** Its position among the notebook's own cells that run, from 1; 0 if it is not one of them. */
  readonly position: number;
  /** How many of these cells there are. */
  readonly total: number;
}

/** Return where a notebook is. */
export function placeOf({ cells_done, cells_total, prompt }: Progress): ICellPlace {
  return { prompt, position: Math.min(cells_total, cells_done + 1), total: cells_total };
}

/** Return whether the prompt number is to be shown, because it is not the position. */
export const hasOtherPrompt = ({ prompt, position }: ICellPlace): boolean => prompt !== null && prompt !== position;
