// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { Contents } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { act } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';

import { save } from './saveDialog';

const SAVED = {
  metadata: { kernelspec: { name: 'python3', display_name: 'Python 3' } },
  nbformat: 4,
  nbformat_minor: 5,
  cells: [{ cell_type: 'code', source: ['x = 1\n', 'x'], metadata: {}, outputs: [], execution_count: null }]
} as INotebookContent;

describe('save', () => {
  const trans = nullTranslator.load('jupyter_ml');

  /** Return whether a job may run after the user's answer, and how often the notebook was saved. */
  const run = async (open: object, answer?: 'accept' | 'reject'): Promise<{ may: boolean; saved: number }> => {
    const model = { dirty: true, toJSON: () => open };
    const context = { path: 'a.ipynb', model, save: vi.fn(() => Promise.resolve((model.dirty = false))) };
    const documents = {
      findWidget: () => ({}),
      contextForWidget: () => context,
      services: {
        contents: {
          get: (_: string, { content }: Contents.IFetchOptions) => Promise.resolve({ content: content ? SAVED : null })
        }
      }
    } as unknown as IDocumentManager;
    const done = save('a.ipynb', documents, trans);
    if (answer) {
      const find = (): HTMLElement | null => document.querySelector(`.jp-Dialog .jp-mod-${answer}`);
      await act(() => vi.waitFor(() => expect(find()).not.toBeNull()));
      act(() => find()?.click());
    }
    return { may: await done, saved: context.save.mock.calls.length };
  };

  it('does not ask if the saved version runs the same', async () => {
    const [cell] = SAVED.cells;
    const ran = { ...cell, source: 'x = 1\nx', execution_count: 7, outputs: [{ output_type: 'stream' }] };
    const language = { name: 'python', version: '3.14' };
    const open = { ...SAVED, cells: [ran], metadata: { ...SAVED.metadata, language_info: language } };
    expect(await run(open)).toEqual({ may: true, saved: 0 });
  });

  it.each([
    ['source', { ...SAVED, cells: [{ ...SAVED.cells[0], source: 'x = 2' }] }],
    ['tags', { ...SAVED, cells: [{ ...SAVED.cells[0], metadata: { tags: ['parameters'] } }] }],
    ['kernel', { ...SAVED, metadata: { kernelspec: { name: 'ir', display_name: 'R' } } }],
    ['kind of document', 'a text editor’s']
  ])('asks if the %s differs, and respects cancel', async (_, open) => {
    expect(await run(open as object, 'accept')).toEqual({ may: true, saved: 1 });
    expect(await run(open as object, 'reject')).toEqual({ may: false, saved: 0 });
  });
});
