// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { beforeEach, describe, expect, it } from 'vitest';

import CASES from '../../../../tests/eventlog/cell_states.json';
import type { AttemptEvent, Shortened } from '../../../api';
import { RunState } from './state';

const events = (...all: object[]): AttemptEvent[] => all.map(event => ({ time: 1, ...event })) as never;
const stream = (text: string, name = 'stdout'): object => ({
  type: 'output',
  cell: 0,
  output: { output_type: 'stream', name, text }
});

describe('RunState', () => {
  let run: RunState;
  const shown = (cell = 0): unknown[] => run.cell(cell).outputs.map(({ output }) => output.text ?? output.data);

  beforeEach(() => {
    run = new RunState(event => (event.type === 'ended' ? 'over' : null));
  });

  it.each(CASES)('computes the states of cells as the server does: $name', ({ events: all, states, places }) => {
    run.apply(all as AttemptEvent[]);
    expect(Object.fromEntries(Object.keys(states).map(cell => [cell, run.cellState(Number(cell))]))).toEqual(states);
    expect(run.cellState(7)).toBeNull();
    const found = Object.keys(places ?? {}).map(cell => {
      const { prompt, position, total } = run.place(Number(cell));
      return [cell, [prompt, position, total]];
    });
    expect(Object.fromEntries(found)).toEqual(places ?? {});
  });

  it('stores start, duration and execution count', () => {
    run.apply(events({ type: 'executor_started', pid: 1, cells: [0] }, { type: 'cell_started', cell: 0, time: 5 }));
    expect(run.cell(0)).toMatchObject({ startedAt: 5, finished: null });
    run.apply(events({ type: 'cell_finished', cell: 0, state: 'completed', duration_s: 2, execution_count: 4 }));
    expect(run.cell(0)).toMatchObject({ startedAt: 5, finished: { duration_s: 2, execution_count: 4 } });
  });

  it('returns the text that events add to the log', () => {
    const written = run.apply(
      events(
        { type: 'log', name: 'stderr', text: 'a' },
        stream('b'),
        { type: 'output', cell: 3, output: { output_type: 'error', ename: 'E', evalue: '', traceback: ['c', 'd'] } },
        { type: 'output', cell: 3, output: { output_type: 'display_data', data: {}, metadata: {} } },
        { type: 'cell_started', cell: 3 },
        { type: 'ended', state: 'Failed' }
      )
    );
    expect(written).toEqual([
      { time: 1, kind: 'stderr', text: 'a' },
      { time: 1, kind: 'stdout', text: 'b', cell: 0 },
      { time: 1, kind: 'stderr', text: 'c\nd\n', cell: 3 },
      { time: 1, kind: 'note', text: 'over\n' }
    ]);
  });

  it('merges streams of the same name, and applies carriage returns', () => {
    run.apply(events(stream('a\n 10%'), stream('\r 20%'), stream('warned', 'stderr'), stream('b')));
    expect(shown()).toEqual(['a\n 20%', 'warned', 'b']);
  });

  it('replaces changed cells only, once for a batch of events', () => {
    run.apply(events(stream('a'), { type: 'cell_started', cell: 1 }));
    const [first, second] = [run.cell(0), run.cell(1)];
    run.apply(events(stream('b'), stream('c')));
    expect(first.outputs.map(({ output }) => output.text)).toEqual(['a']);
    expect(run.cell(0)).not.toBe(first);
    expect(run.cell(1)).toBe(second);
  });

  it('updates all outputs of a display, and clears outputs', () => {
    const display = (cell: number, text: string): object => ({
      type: 'output',
      cell,
      display_id: 'bar',
      output: { output_type: 'display_data', data: { 'text/plain': text }, metadata: {} }
    });
    run.apply(events(display(0, 'one'), display(1, 'two')));
    expect([...shown(), ...shown(1)]).toEqual([{ 'text/plain': 'two' }, { 'text/plain': 'two' }]);
    run.apply(events({ type: 'display_updated', display_id: 'bar', data: { 'text/plain': 'x' }, metadata: {} }));
    expect([...shown(), ...shown(1)]).toEqual([{ 'text/plain': 'x' }, { 'text/plain': 'x' }]);
    run.apply(events({ type: 'cleared', cell: 0 }));
    expect(shown()).toEqual([]);
  });

  it('stores which events are shortened, and marks text that continues in the notebook only', () => {
    const shortened: Shortened = { index: 0, offset: 9, size_bytes: 9, position: 12, lines: 1, unfinished: false };
    const written = run.apply(events(stream('a'), stream('b')), 10, index => (index === 11 ? shortened : undefined));
    expect(run.cell(0).shortened).toEqual([11]);
    expect(shown()).toEqual(['ab⋮\n']);
    expect(written.map(each => [each.text, each.shortened?.position])).toEqual([
      ['a', undefined],
      ['b', 12]
    ]);
  });

  it('applies 10,000 outputs of a cell without copying them for each', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => ({
      type: 'output',
      cell: 0,
      output: { output_type: 'display_data', data: { 'text/plain': String(index) }, metadata: {} }
    }));
    const start = performance.now();
    run.apply(events(...many));
    expect(run.cell(0).outputs).toHaveLength(10_000);
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});
