// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { describe, expect, it, vi } from 'vitest';

import type { AttemptEvent } from '../../../api';
import { fakeServer, Refusal } from '../../../testing/server';
import { FakeStream } from '../../../testing/stream';
import { JobManager } from '../../manager';
import { RunModel } from '../run/model';
import { NotebookModel } from './model';

const output = (text: string): AttemptEvent =>
  ({ type: 'output', time: 1, cell: 0, output: { output_type: 'stream', name: 'stdout', text } }) as never;

const NOTEBOOK = {
  metadata: { kernelspec: { language: 'R' } },
  cells: [{ cell_type: 'code', source: 'cat(1)', metadata: { jupyter_ml: { cell: 0 } } }]
};

describe('NotebookModel', () => {
  let run: RunModel;
  const make = (cells = () => NOTEBOOK.cells, position: number | null = null, more: object[] = []): NotebookModel => {
    const { api } = fakeServer(({ path, query }) => {
      if (path.endsWith('/text')) {
        const position = Number(query.get('position'));
        return { text: `${position},`, position: position < 120 ? position + 1 : null };
      }
      if (path.endsWith('/notebook')) return { ...NOTEBOOK, cells: cells() };
      const whole = query.get('whole') === 'true';
      return {
        attempt: 1,
        events: [...more, output(whole ? 'all of it' : 'a part')],
        shortened: whole ? [] : [{ index: 0, offset: 0, size_bytes: 9, position }],
        offset: 9,
        complete: true
      };
    });
    run = new RunModel(api, 'a', () => null);
    const model = new NotebookModel(api, 'a', run);
    const eventLog = new JobManager(api, new FakeStream().feed).follow('a', 1);
    run.reset(eventLog);
    eventLog.appended.connect((_, events) => {
      run.append(events);
      model.update(events);
    });
    model.reset();
    return model;
  };
  const text = (model: NotebookModel, position = 0): unknown => model.cells?.[position].run.outputs[0]?.output.text;

  it('applies the event log before or after the notebook is loaded', async () => {
    const model = make();
    await vi.waitFor(() => expect(text(model)).toBe('a part'));
    expect(model.language).toBe('R');
  });

  it('fetches shortened outputs in full', async () => {
    const model = make();
    await vi.waitFor(() => expect(model.cells?.[0].run.shortened).toEqual([0]));
    await model.showAll(model.cells![0]);
    expect(text(model)).toBe('all of it');
    expect(model.isWhole(0)).toBe(true);
    expect(model.cells?.[0].run.shortened).toEqual([]);
  });

  it('fetches a long text in parts', async () => {
    const model = make(undefined, 107);
    await vi.waitFor(() => expect(text(model)).toBe('a part⋮\n'));
    await model.showAll(model.cells![0]);
    expect(text(model)).toBe('a part107,108,109,110,111,112,113,114,⋮\n');
    expect(model.cells?.[0].run.shortened).toEqual([0]);
    await model.showAll(model.cells![0]);
    expect(text(model)).toBe('a part107,108,109,110,111,112,113,114,115,116,117,118,119,120,');
    expect(model.cells?.[0].run.shortened).toEqual([]);
  });

  it('shows how a cell ended whose executor was killed', async () => {
    const model = make(undefined, null, [
      { type: 'executor_started', time: 1, pid: 1, cells: [0] },
      { type: 'cell_started', time: 2, cell: 0 }
    ]);
    await vi.waitFor(() => expect(model.cells?.[0].state).toBe('running'));
    const state = (): unknown => model.cells?.[0].state;
    run.end({ state: 'Failed' });
    model.update();
    await vi.waitFor(() => expect(state()).toBe('failed'));
    run.end({ state: 'Canceled' });
    model.update();
    expect(state()).toBe('canceled');
  });

  it('loads the notebook again when the kernel starts, for the injected parameters', async () => {
    let cells = NOTEBOOK.cells;
    const model = make(() => cells);
    await vi.waitFor(() => expect(text(model)).toBe('a part'));
    cells = [{ cell_type: 'code', source: 'alpha = 1', metadata: { jupyter_ml: { cell: -1 } } }, ...cells];
    model.update([{ type: 'kernel_started', time: 1, pid: null, kernel_name: 'ir' }]);
    await vi.waitFor(() => expect(model.cells).toHaveLength(2));
    expect(text(model, 1)).toBe('a part');
  });

  it('reports an error until the notebook is loaded', async () => {
    let there = false;
    const model = make(() => {
      if (!there) throw new Refusal(409, 'conflict', 'job a has no notebook');
      return NOTEBOOK.cells;
    });
    await vi.waitFor(() => expect(model.error?.status).toBe(409));
    there = true;
    model.update([{ type: 'kernel_started', time: 1, pid: null, kernel_name: 'ir' }]);
    await vi.waitFor(() => expect(model.cells).toHaveLength(1));
    expect(model.error).toBeNull();
  });
});
