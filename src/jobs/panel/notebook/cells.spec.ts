// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { describe, expect, it } from 'vitest';

import type { AttemptEvent } from '../../../api';
import { Cells } from './cells';

const cell = (index: number | null, source = '', type = 'code'): never =>
  ({ cell_type: type, source, metadata: index === null ? {} : { jupyter_ml: { cell: index } } }) as never;
const events = (...all: object[]): AttemptEvent[] => all.map(event => ({ time: 1, ...event })) as never;
const stream = (text: string, name = 'stdout'): object => ({
  type: 'output',
  cell: 0,
  output: { output_type: 'stream', name, text }
});
const shown = (cells: Cells, position = 0): unknown[] =>
  cells.all[position].outputs.map(({ output }) => output.text ?? output.data);

describe('Cells', () => {
  it('contains the submitted and injected cells, and not the one that reports a failure', () => {
    const cells = new Cells([cell(0), cell(-1), cell(null, 'it failed', 'markdown'), cell(1)]);
    expect(cells.all.map(({ index }) => index)).toEqual([0, -1, 1]);
    expect(cells.position(1)).toBe(2);
    expect(cells.position(7)).toBe(-1);
  });

  it('applies state, duration and execution count', () => {
    const cells = new Cells([cell(0), cell(1), cell(2, '# text', 'markdown')]);
    const states = (): unknown[] => cells.all.map(({ state }) => state);
    cells.apply(events({ type: 'executor_started', pid: 1, cells: [0, 1] }));
    expect(states()).toEqual(['pending', 'pending', null]);
    cells.apply(events({ type: 'cell_started', cell: 0, time: 5 }));
    expect(cells.all[0]).toMatchObject({ state: 'running', startedAt: 5 });
    cells.apply(events({ type: 'cell_finished', cell: 0, state: 'completed', duration_s: 2, execution_count: 4 }));
    expect(cells.all[0]).toMatchObject({ state: 'completed', durationS: 2, executionCount: 4 });
    cells.apply(events({ type: 'cell_started', cell: 1 }, { type: 'ended', state: 'Canceled' }));
    expect(states()).toEqual(['completed', 'not_run', null]);
  });

  it('does not mark an interrupted cell as failed', () => {
    const cells = new Cells([cell(0), cell(1)]);
    cells.apply(
      events(
        { type: 'cell_finished', cell: 0, state: 'failed', duration_s: 1 },
        { type: 'cell_finished', cell: 1, state: 'failed', duration_s: 1 },
        { type: 'ended', state: 'Canceled', cause: { kind: 'canceled', message: '', cell: 1 } }
      )
    );
    expect(cells.all.map(({ state }) => state)).toEqual(['failed', 'not_run']);
  });

  it('merges streams of the same name, and applies carriage returns', () => {
    const cells = new Cells([cell(0)]);
    cells.apply(events(stream('a\n 10%'), stream('\r 20%'), stream('warned', 'stderr'), stream('b')));
    expect(shown(cells)).toEqual(['a\n 20%', 'warned', 'b']);
  });

  it('replaces changed cells only, once for a batch of events', () => {
    const cells = new Cells([cell(0), cell(1)]);
    cells.apply(events(stream('a')));
    const [first, second] = cells.all;
    cells.apply(events(stream('b'), stream('c')));
    expect(first.outputs.map(({ output }) => output.text)).toEqual(['a']);
    expect(cells.all[0]).not.toBe(first);
    expect(cells.all[1]).toBe(second);
  });

  it('updates all outputs of a display, and clears outputs', () => {
    const display = (index: number, text: string): object => ({
      type: 'output',
      cell: index,
      display_id: 'bar',
      output: { output_type: 'display_data', data: { 'text/plain': text }, metadata: {} }
    });
    const cells = new Cells([cell(0), cell(1)]);
    cells.apply(events(display(0, 'one'), display(1, 'two')));
    expect([...shown(cells), ...shown(cells, 1)]).toEqual([{ 'text/plain': 'two' }, { 'text/plain': 'two' }]);
    cells.apply(events({ type: 'display_updated', display_id: 'bar', data: { 'text/plain': 'x' }, metadata: {} }));
    expect([...shown(cells), ...shown(cells, 1)]).toEqual([{ 'text/plain': 'x' }, { 'text/plain': 'x' }]);
    cells.apply(events({ type: 'cleared', cell: 0 }));
    expect(shown(cells)).toEqual([]);
  });

  it('stores which events are shortened', () => {
    const cells = new Cells([cell(0)]);
    cells.apply(events(stream('a'), stream('b')), 10, index => index === 11);
    expect(cells.all[0].shortened).toEqual([11]);
  });

  it('applies 10,000 outputs of a cell in linear time', () => {
    const cells = new Cells([cell(0)]);
    const many = Array.from({ length: 10_000 }, (_, index) => ({
      type: 'output',
      cell: 0,
      output: { output_type: 'display_data', data: { 'text/plain': String(index) }, metadata: {} }
    }));
    const start = performance.now();
    cells.apply(events(...many));
    expect(cells.all[0].outputs).toHaveLength(10_000);
    expect(performance.now() - start).toBeLessThan(500);
  });
});
