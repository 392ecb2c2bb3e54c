// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Dialog } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import { nullTranslator } from '@jupyterlab/translation';
import { screen } from '@testing-library/dom';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { fakeServer, Refusal } from '../testing/server';
import { chooseWorkspace, openFolder } from './switcher';

vi.mock('@jupyterlab/filebrowser', () => ({
  FileDialog: { getExistingDirectory: () => Promise.resolve({ button: { accept: true }, value: [{ path: 'a/b' }] }) }
}));

describe('the switcher', () => {
  const bodies: unknown[] = [];
  const { api } = fakeServer(({ body }) => {
    bodies.push(body);
    const { folder, create } = body as { folder: string; create: boolean };
    if (folder === 'a/b' && !create) throw new Refusal(404, 'not_found', 'there is no workspace in a/b');
    return { name: 'w', folder, jobs: {} };
  });
  const documents = {} as IDocumentManager;
  const tools = { api, documents, translator: nullTranslator, trans: nullTranslator.load('jupyter_ml') };
  const answer = (accept: boolean): void =>
    Dialog.tracker.forEach(dialog => (accept ? dialog.resolve(1) : dialog.reject()));

  afterEach(() => bodies.splice(0));

  it('shows a recent workspace', async () => {
    const done = chooseWorkspace(tools, [
      { name: 'one', folder: '/1/.jupyter-ml' },
      { name: 'two', folder: '/2' }
    ]);
    const select = await screen.findByRole<HTMLSelectElement>('combobox', { hidden: true });
    expect([...select.options].map(({ text }) => text)).toEqual(['one (/1)', 'two (/2)', 'Open a folder…']);
    select.value = 'two (/2)';
    answer(true);
    await done;
    expect(bodies).toEqual([{ folder: '/2', create: false }]);
  });

  it.each([true, false])('creates a workspace in a folder only if the user wants that: %s', async wanted => {
    const done = openFolder(tools);
    expect(await screen.findByText(/There is no workspace in “a\/b”/)).toBeTruthy();
    answer(wanted);
    await done;
    expect(bodies.slice(1)).toEqual(wanted ? [{ folder: 'a/b', create: true }] : []);
  });
});
