// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import type { IWritten } from '../run/state';
import { LogsTab } from './LogsTab';
import { LogModel } from './model';

const log = (text: string): IWritten => ({ time: 1, kind: 'stdout', text });

describe('LogsTab', () => {
  const source = { getText: vi.fn(), search: vi.fn() };
  let model: LogModel;

  beforeEach(() => {
    source.getText.mockReset();
    source.search.mockReset();
    model = new LogModel(source);
    render(<LogsTab model={model} live={false} name="a" />);
    const shortened = { index: 0, offset: 0, size_bytes: 900, position: 107, lines: 1_500, unfinished: false };
    act(() => model.append([{ ...log('first\n'), shortened }]));
  });

  it('counts all lines, and fetches gaps on request', async () => {
    expect(screen.getByRole('status').textContent).toBe('1,501 lines');
    source.getText.mockResolvedValue({ text: 'second\n', position: 115 });
    fireEvent.click(screen.getByRole('button', { name: 'Show 1,500 more lines' }));
    expect(await screen.findByText('second')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Show 1,499 more lines' })).toBeTruthy();
    expect(screen.getByRole('status').textContent).toBe('1,501 lines');
  });

  it('finds text in gaps, and shows it', async () => {
    source.search.mockResolvedValue({ items: [{ offset: 0, position: 500, line: 900 }], total: 1 });
    source.getText.mockResolvedValue({ text: 'the needle\n', position: 511 });
    fireEvent.change(screen.getByLabelText('Search in the log'), { target: { value: 'NEEDLE' } });
    expect(screen.getByRole('status').textContent).toBe('searching…');
    expect(await screen.findByText('needle')).toBeTruthy();
    expect(screen.getByRole('status').textContent).toBe('1 of 1');
    expect(screen.getByRole('button', { name: 'Show 899 more lines' })).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Show 600 more lines' })).toBeTruthy();
    source.search.mockResolvedValue({ items: [], total: 0 });
    fireEvent.change(screen.getByLabelText('Search in the log'), { target: { value: 'hay' } });
    expect(await screen.findByText('no matches')).toBeTruthy();
  });

  it('searches again when another attempt is chosen', async () => {
    source.search.mockClear();
    source.search.mockResolvedValue({ items: [], total: 0 });
    fireEvent.change(screen.getByLabelText('Search in the log'), { target: { value: 'needle' } });
    expect(await screen.findByText('no matches')).toBeTruthy();
    act(() => model.reset());
    const shortened = { index: 0, offset: 0, size_bytes: 900, position: 107, lines: 1_500, unfinished: false };
    act(() => model.append([{ ...log('other\n'), shortened }]));
    expect(screen.getByRole('status').textContent).toBe('searching…');
    expect(await screen.findByText('no matches')).toBeTruthy();
    expect(source.search).toHaveBeenCalledTimes(2);
  });

  it('shows an error if text cannot be fetched', async () => {
    source.getText.mockRejectedValue(new Error('the log is gone'));
    fireEvent.click(screen.getByRole('button', { name: 'Show 1,500 more lines' }));
    await waitFor(() => expect(screen.getByText(/the log is gone/)).toBeTruthy());
  });

  it('truncates a very long line until it is expanded', () => {
    act(() => model.append([log(`${'x'.repeat(10_000)}${'y'.repeat(2_000)}\n`)]));
    expect(screen.queryByText(/y/)).toBeNull();
    fireEvent.click(screen.getByRole('button', { name: 'Show 2,000 more characters' }));
    expect(screen.getByText(/xy+$/)).toBeTruthy();
  });
});
