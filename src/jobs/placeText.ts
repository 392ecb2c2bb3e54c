// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import { hasOtherPrompt } from './place';
import type { ICellPlace } from './place';

/** Return the name of a cell: its prompt number, with its position where that differs. */
export function placeText(place: ICellPlace, trans: TranslationBundle): string {
  const { prompt, position, total } = place;
  if (hasOtherPrompt(place)) return trans.__('cell [%1] (%2 of %3)', prompt, position, total);
  return trans.__('cell %1 of %2', position, total);
}

/** Return the name of a cell as a title. */
export function placeTitle(place: ICellPlace, trans: TranslationBundle): string {
  const { prompt, position, total } = place;
  if (hasOtherPrompt(place)) return trans.__('Cell [%1] (%2 of %3)', prompt, position, total);
  return trans.__('Cell %1 of %2', position, total);
}
