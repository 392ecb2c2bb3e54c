// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { nullTranslator } from '@jupyterlab/translation';
import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Job } from '../api';
import { makeJob } from '../testing/jobs';
import { fakeServer, Refusal } from '../testing/server';
import { FakeStream } from '../testing/stream';
import { editInRow } from './editing';
import type { Field } from './editing';
import { JobManager } from './manager';

describe('a text of a job that is edited in its row', () => {
  const trans = nullTranslator.load('');
  let stored: Job;
  let jobs: JobManager;
  let list: HTMLElement;
  let row: HTMLElement;

  beforeEach(() => {
    stored = makeJob('a', { description: 'x'.repeat(300), revision: 4 });
    const { api } = fakeServer(({ method, query, body }) => {
      if (method !== 'PATCH') return stored;
      if (query.get('revision') !== String(stored.revision)) {
        throw new Refusal(409, 'conflict', 'it was changed', null, stored);
      }
      return (stored = { ...stored, ...(body as Partial<Job>), revision: stored.revision + 1 });
    });
    jobs = new JobManager(api, new FakeStream().feed);
    document.body.innerHTML = '<div tabindex="0"><div data-ml-job="a"><i data-ml-field="description"></i></div></div>';
    [list, row] = [document.body.firstElementChild, document.querySelector('[data-ml-job]')] as HTMLElement[];
  });

  afterEach(() => {
    cleanup();
    jobs.dispose();
  });

  const edit = async (field: Field, label: string): Promise<HTMLTextAreaElement> => {
    act(() => editInRow(jobs, 'a', field, row, trans));
    return screen.findByLabelText<HTMLTextAreaElement>(label);
  };
  const type = (value: string): void => void fireEvent.change(document.activeElement!, { target: { value } });

  it('is the whole text, which tables have shortened, and is saved by Ctrl+Enter', async () => {
    const input = await edit('description', 'Note');
    expect(input.value).toBe('x'.repeat(300));
    input.focus();
    type('best so far');
    fireEvent.keyDown(input, { key: 'Enter', ctrlKey: true });
    await waitFor(() => expect(document.querySelector('.jp-MLOver')).toBeNull());
    expect(stored.description).toBe('best so far');
    expect(document.activeElement).toBe(list);
  });

  it('is kept when another user has changed it meanwhile, whose text is shown', async () => {
    const input = await edit('description', 'Note');
    input.focus();
    type('mine');
    stored = { ...stored, description: 'theirs', revision: 5 };
    fireEvent.keyDown(input, { key: 'Enter', ctrlKey: true });
    expect((await screen.findByRole('alert')).textContent).toContain('changed in the meantime to “theirs”');
    expect([stored.description, input.value]).toEqual(['theirs', 'mine']);
    stored = { ...stored, description: 'theirs again', revision: 6 };
    fireEvent.click(screen.getByRole('button', { name: 'Save my text instead' }));
    await waitFor(() => expect(screen.getByRole('alert').textContent).toContain('“theirs again”'));
    expect(stored.description).toBe('theirs again');
    fireEvent.click(screen.getByRole('button', { name: 'Save my text instead' }));
    await waitFor(() => expect(stored.description).toBe('mine'));
    expect(document.querySelector('.jp-MLOver')).toBeNull();
  });

  it('is not lost when the page is closed while it is edited', async () => {
    (await edit('description', 'Note')).focus();
    type('mine');
    stored = { ...stored, description: 'theirs', revision: 5 };
    cleanup();
    document.querySelector('.jp-MLOver')?.remove();
    const input = await edit('description', 'Note');
    expect(input.value).toBe('mine');
    fireEvent.keyDown(input, { key: 'Enter', ctrlKey: true });
    expect((await screen.findByRole('alert')).textContent).toContain('“theirs”');
    fireEvent.keyDown(input, { key: 'Escape' });
    expect((await edit('description', 'Note')).value).toBe('theirs');
  });

  it('is saved when the focus leaves it, and an empty name is not', async () => {
    const input = await edit('display_name', 'Name');
    input.focus();
    type('first');
    fireEvent.blur(input, { relatedTarget: list });
    await waitFor(() => expect(stored.display_name).toBe('first'));
    const again = await edit('display_name', 'Name');
    again.focus();
    type(' ');
    fireEvent.blur(again, { relatedTarget: list });
    expect(document.querySelector('.jp-MLOver')).toBeNull();
    expect(stored.display_name).toBe('first');
  });

  it('is unchanged after Escape, and the row may have gone', async () => {
    const input = await edit('display_name', 'Name');
    input.focus();
    row.remove();
    type('first');
    fireEvent.keyDown(input, { key: 'Escape' });
    expect(document.querySelector('.jp-MLOver')).toBeNull();
    expect(stored.display_name).toBe('a');
  });
});
