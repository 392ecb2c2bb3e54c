import type { Expected } from '../../api';
import type { ICell } from './notebook/cells';

/** Seconds that are left by what the former run took; null where that is too little to say. */
export function remaining(cells: readonly ICell[], expected: Expected, nowS: number): number | null {
  let sum = 0;
  for (const { index, state, startedAt } of cells) {
    const usual = expected.cells[index] ?? 0;
    if (state === 'pending') sum += usual;
    else if (state === 'running') sum += Math.max(0, usual - (nowS - (startedAt ?? nowS)));
  }
  return sum >= 1 ? sum : null;
}
