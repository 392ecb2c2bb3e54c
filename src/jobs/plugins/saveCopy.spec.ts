// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { IDocumentManager } from '@jupyterlab/docmanager';
import { ServerConnection } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { act, fireEvent } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';

import { saveCopy } from './saveCopy';

describe('saveCopy', () => {
  it('asks again if the folder does not exist or the name is in use', async () => {
    const get = (path: string, { type }: { type: string }): Promise<object> => {
      if (type === 'file') return Promise.resolve({ content: 'YQ==' });
      const absent = new ServerConnection.ResponseError(new Response(null, { status: 404 }));
      return path === 'nowhere' ? Promise.reject(absent) : Promise.resolve({ content: [{ name: 'taken.txt' }] });
    };
    const contents = { get, save: vi.fn(), localPath: (path: string) => path };
    const services = { contents };
    const documents = { findWidget: () => undefined, openOrReveal: vi.fn(), services } as unknown as IDocumentManager;
    const done = saveCopy('job/taken.txt', '', documents, nullTranslator.load('jupyter_ml'));
    for (const [label, path] of [
      ['Path, relative to', 'nowhere/a.txt'],
      ['The folder nowhere does not exist', 'taken.txt'],
      ['The file taken.txt exists already', 'free.txt']
    ]) {
      await act(() => vi.waitFor(() => expect(document.querySelector('.jp-Dialog')?.textContent).toContain(label)));
      fireEvent.change(document.querySelector('.jp-Dialog input')!, { target: { value: path } });
      act(() => document.querySelector<HTMLElement>('.jp-Dialog .jp-mod-accept')!.click());
    }
    await done;
    expect(contents.save.mock.calls.map(([path]) => path as string)).toEqual(['free.txt']);
  });
});
