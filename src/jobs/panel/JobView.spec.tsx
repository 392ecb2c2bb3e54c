// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';

import type { AttemptEvent } from '../../api';
import { EVENTS, FAILED, JobPanel } from '../../testing/jobPanel';
import { makeJob } from '../../testing/jobs';

const NAMES = { display_name: 'a', experiment_name: 'default' };

describe('JobView', () => {
  let panel: JobPanel;

  beforeEach(() => {
    panel = new JobPanel();
  });

  it('fetches no notebook of a command', async () => {
    panel.job = makeJob('a', { type: 'command', state: 'Completed', attempt: 1 });
    const start = { type: 'kernel_started', pid: 1, kernel_name: null } as unknown as AttemptEvent;
    EVENTS.unshift(start);
    const model = panel.show();
    await waitFor(() => expect(model.log.lines).not.toEqual([]));
    EVENTS.shift();
    expect(panel.requests.filter(request => request.includes('/notebook'))).toEqual([]);
  });

  it('shows a segment for each cell, which scrolls to the cell', async () => {
    panel.show();
    const failed = await screen.findByRole('button', { name: /Cell 2 of 2 · Failed · 20 ms/ });
    expect(screen.getByRole('button', { name: /Cell 1 of 2 · Completed · 2 sec/ })).toBeTruthy();
    fireEvent.click(failed);
    expect(screen.getByRole('tab', { name: 'Notebook' }).getAttribute('aria-selected')).toBe('true');
    expect(document.querySelector('.jp-MLCell[data-position="1"]')?.className).toContain('jp-mod-failed');
    expect(HTMLElement.prototype.scrollIntoView).toHaveBeenCalled();
  });

  it('shows outputs without running scripts', async () => {
    const model = panel.show();
    act(() => model.setTab('notebook'));
    await waitFor(() => expect(document.querySelector('.jp-OutputArea')?.textContent).toContain('hello'));
    await waitFor(() => expect(document.querySelector('.jp-OutputArea b')?.textContent).toBe('bold'));
    expect(document.querySelector('.jp-OutputArea script, .jp-OutputArea [onerror]')).toBeNull();
    expect('hacked' in window).toBe(false);
    expect(screen.getByText(/a script, which does not run here/)).toBeTruthy();
  });

  it('switches tabs by arrow key, and shows the log', async () => {
    const model = panel.show();
    const tab = await screen.findByRole('tab', { name: 'Overview' });
    fireEvent.keyDown(tab, { key: 'ArrowLeft' });
    expect(model.tab).toBe('outputs');
    expect(await screen.findByText('The job has no files.')).toBeTruthy();
    act(() => model.setTab('logs'));
    expect(await screen.findByText('1 line')).toBeTruthy();
    fireEvent.change(screen.getByLabelText('Search in the log'), { target: { value: 'HELLO' } });
    expect(screen.getByText('1 of 1')).toBeTruthy();
  });

  it('shows how far the running cell is', async () => {
    const bar = { label: 'epochs', done: 36, total: 100, unit: 'it' };
    const progress = { cells_done: 1, cells_total: 9, cell: 1, prompt: 7, bar };
    panel.job = makeJob('a', { ...FAILED, state: 'Running', ended_at: null, cause: null, progress });
    panel.show();
    expect(await screen.findByText(/cell \[7\] \(2 of 9\) · epochs 36%/)).toBeTruthy();
  });

  it('can be canceled while it runs', async () => {
    panel.job = makeJob('a', { ...FAILED, state: 'Running', ended_at: null, cause: null });
    panel.show();
    fireEvent.click(await screen.findByRole('button', { name: 'Cancel' }));
    expect(panel.executed).toEqual(['a']);
  });

  it('shows the time left that the server estimates', async () => {
    const eta_at = new Date(Date.now() + 95_000).toISOString();
    panel.job = makeJob('a', { ...FAILED, state: 'Running', ended_at: null, cause: null, eta_at });
    panel.show();
    expect(await screen.findByText(/about 1 min 30 sec left/)).toBeTruthy();
  });

  it('shows why a delete request is pending, and withdraws it', async () => {
    const error = 'the store is locked';
    const request = { kind: 'delete', requested_at: '2026-01-02T03:04:05Z', attempts: 2, error } as const;
    panel.job = makeJob('a', { ...FAILED, request: { ...request, retry_at: '2026-01-02T03:05:05Z' } });
    panel.show();
    expect((await screen.findByText(/cannot be deleted yet/)).textContent).toMatch(
      /: the store is locked\. The next attempt is at/
    );
    fireEvent.click(screen.getByRole('button', { name: 'Withdraw delete request' }));
    expect(panel.executed).toEqual(['a']);
  });

  it('lists files that were written outside of outputs/', async () => {
    const lost = { path: 'result.csv', size_bytes: 3_000, new: true, kept: false };
    const kept = { path: 'code.py', size_bytes: 20, new: false, kept: true };
    panel.outside = { items: [lost, kept], count: 5, size_bytes: 9_000, truncated: false };
    const model = panel.show();
    act(() => model.setTab('outputs'));
    const list = await screen.findByLabelText('Files outside outputs/');
    expect(within(list).getByText('result.csv (3 kB) was written outside outputs/')).toBeTruthy();
    expect(within(list).getByText(/code.py \(20 bytes\), a file of the code, was modified and is kept/)).toBeTruthy();
    expect(list.textContent).toContain('and 3 more');
    expect(list.textContent).toContain('keep_files');
  });

  it('reads the files again when Outputs is shown again, as the run may have been deleted', async () => {
    const model = panel.show();
    await screen.findByText('Failed', { selector: 'span' });
    act(() => model.setTab('outputs'));
    await screen.findByText('The job has no files.');
    act(() => model.setTab('overview'));
    panel.problems = ['the MLflow run was deleted'];
    act(() => model.setTab('outputs'));
    expect(await screen.findByText('the MLflow run was deleted')).toBeTruthy();
  });

  it('follows the first attempt once it starts', async () => {
    panel.job = makeJob('a', { spec: FAILED.spec });
    const model = panel.show();
    await screen.findByText('Queued', { selector: 'span' });
    expect(model.attempt).toBeNull();
    panel.job = makeJob('a', FAILED);
    act(() =>
      panel.stream.emit('job', {
        name: 'a',
        type: 'job_state_changed',
        data: { ...NAMES, state: 'Running', attempt: 1 }
      })
    );
    expect(model.attempt).toBe(1);
    await screen.findByText('Failed', { selector: 'span' });
  });

  it('keeps the data of a deleted job, without further requests', async () => {
    panel.show();
    await screen.findByText('Failed', { selector: 'span' });
    await screen.findByRole('button', { name: /Cell 2/ });
    act(() => panel.stream.emit('job', { name: 'a', type: 'job_deleted', data: { state: 'Failed' } }));
    expect(screen.getByRole('status').textContent).toContain('was deleted');
    expect(screen.getByRole('button', { name: /Cell 2/ })).toBeTruthy();
  });

  it('shows that the directory of the job is gone, above what is still known', async () => {
    const gone = (panel.gone = 'the directory of job a is gone');
    panel.show();
    expect((await screen.findByText(gone)).closest('[role=alert]')).toBeTruthy();
    expect(screen.getByLabelText('Cause').textContent).toContain('Cell 2 raised ZeroDivisionError.');
    for (const tab of ['Notebook', 'Logs', 'Outputs']) {
      fireEvent.click(screen.getByRole('tab', { name: tab }));
      expect(screen.getByText(gone)).toBeTruthy();
    }
  });

  it('shows the error if the job cannot be loaded', async () => {
    panel.show('b');
    expect(await screen.findByText('there is no such job')).toBeTruthy();
  });
});
