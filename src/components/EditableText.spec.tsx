// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { fireEvent, render, screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import type { JSX } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { ApiError } from '../api';
import { EditableText } from './EditableText';

describe('EditableText', () => {
  const onSave = vi.fn();
  const edit = (text: string): HTMLElement => {
    fireEvent.click(screen.getByRole('button', { name: 'Edit Name' }));
    const input = screen.getByLabelText('Name');
    fireEvent.change(input, { target: { value: text } });
    return input;
  };

  beforeEach(() => {
    onSave.mockReset().mockResolvedValue(undefined);
  });

  it('saves on Enter, and returns the focus', async () => {
    render(<EditableText value="old" revision={3} label="Name" onSave={onSave} />);
    fireEvent.keyDown(edit(' new '), { key: 'Enter' });
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Edit Name'));
    expect(onSave.mock.calls).toEqual([['new', 3]]);
  });

  it('restores the text on Escape, and saves neither an empty nor an unchanged text', async () => {
    render(<EditableText value="old" label="Name" onSave={onSave} />);
    fireEvent.keyDown(edit('new'), { key: 'Escape' });
    expect(screen.getByText('old')).toBeTruthy();
    fireEvent.keyDown(edit(' '), { key: 'Enter' });
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Save' }).disabled).toBe(true);
    fireEvent.change(screen.getByLabelText('Name'), { target: { value: 'old' } });
    fireEvent.keyDown(screen.getByLabelText('Name'), { key: 'Enter' });
    await screen.findByText('old');
    expect(onSave).not.toHaveBeenCalled();
  });

  it('saves several lines on Ctrl+Enter, and may be empty', async () => {
    render(<EditableText value="old" label="Name" multiline optional onSave={onSave} />);
    const input = edit('');
    fireEvent.keyDown(input, { key: 'Enter' });
    expect(onSave).not.toHaveBeenCalled();
    fireEvent.keyDown(input, { key: 'Enter', ctrlKey: true });
    await waitFor(() => expect(onSave).toHaveBeenCalledWith('', undefined));
  });

  it('does not take the focus from where the user has continued', async () => {
    let saved = (): void => undefined;
    onSave.mockReturnValue(new Promise<void>(done => (saved = done)));
    render(
      <>
        <EditableText value="old" label="Name" onSave={onSave} />
        <input aria-label="Other" />
      </>
    );
    fireEvent.keyDown(edit('new'), { key: 'Enter' });
    screen.getByLabelText('Other').focus();
    saved();
    await screen.findByRole('button', { name: 'Edit Name' });
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Other');
  });

  it('shows an error, and keeps what was typed', async () => {
    onSave.mockRejectedValue(new ApiError('The name is too long.', 'invalid', 400));
    render(<EditableText value="old" label="Name" onSave={onSave} />);
    const input = edit('new');
    fireEvent.keyDown(input, { key: 'Enter' });
    expect((await screen.findByRole('alert')).textContent).toBe('The name is too long.');
    expect(screen.getByLabelText<HTMLInputElement>('Name').value).toBe('new');
  });

  it('shows what another user has saved, and replaces it only on request', async () => {
    function Resource(): JSX.Element {
      const [{ text, revision }, set] = useState({ text: 'old', revision: 1 });
      const save = (text: string, base?: number): Promise<void> => {
        onSave(text, base);
        if (base === 2) return Promise.resolve(set({ text, revision: 3 }));
        set({ text: 'theirs', revision: 2 });
        return Promise.reject(new ApiError('It was changed.', 'conflict', 409));
      };
      return <EditableText value={text} revision={revision} label="Name" onSave={save} />;
    }
    render(<Resource />);
    fireEvent.keyDown(edit('mine'), { key: 'Enter' });
    expect((await screen.findByRole('alert')).textContent).toContain('“theirs”');
    fireEvent.keyDown(screen.getByLabelText('Name'), { key: 'Enter' });
    await waitFor(() => expect(onSave).toHaveBeenCalledTimes(2));
    fireEvent.click(await screen.findByRole('button', { name: 'Save my text instead' }));
    await screen.findByText('mine');
    expect(onSave.mock.calls).toEqual([
      ['mine', 1],
      ['mine', 1],
      ['mine', 2]
    ]);
  });

  it('opens with what was typed before, without taking the focus, and forgets it when it is saved or restored', async () => {
    const onUnsaved = vi.fn();
    const unsaved = { text: 'typed before', revision: 2 };
    const text = (
      <EditableText value="old" revision={3} label="Name" unsaved={unsaved} onUnsaved={onUnsaved} onSave={onSave} />
    );
    const { unmount } = render(text);
    const input = screen.getByLabelText<HTMLInputElement>('Name');
    expect([input.value, document.activeElement]).toEqual(['typed before', document.body]);
    fireEvent.change(input, { target: { value: 'typed now' } });
    fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    await waitFor(() => expect(onUnsaved).toHaveBeenLastCalledWith(null));
    expect(onUnsaved.mock.calls[0]).toEqual([{ text: 'typed now', revision: 2 }]);
    expect(onSave.mock.calls).toEqual([['typed now', 2]]);
    unmount();
    render(text);
    fireEvent.keyDown(screen.getByLabelText('Name'), { key: 'Escape' });
    expect(onUnsaved.mock.calls.slice(2)).toEqual([[null]]);
  });
});
