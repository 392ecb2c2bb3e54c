// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { RunsPage } from '../../testing/runsPage';
import { Refusal } from '../../testing/server';

describe('RunsView', () => {
  let page: RunsPage;

  beforeEach(async () => {
    page = await RunsPage.render();
  });

  afterEach(() => {
    cleanup();
    page.dispose();
  });

  it('shows what differs, and marks the best value', () => {
    expect(page.headers()).toEqual(['', 'Name', 'Source', 'rmse', 'alpha', 'Duration', 'Created', 'Note']);
    expect(screen.getByRole('row', { name: /third/ }).textContent).toContain('★ 1');
    expect(page.names()).toEqual(['first', 'second', 'third']);
    expect(screen.getAllByRole('gridcell', { name: 'Trees.ipynb' }).map(({ title }) => title)).toEqual([
      '/data/Trees.ipynb',
      '/data/Trees.ipynb'
    ]);
  });

  it('sorts by a column, best first, and saves the view with the experiment', async () => {
    fireEvent.click(screen.getByRole('button', { name: /^rmse/ }));
    expect(page.names()).toEqual(['third', 'first', 'second']);
    fireEvent.click(screen.getByRole('button', { name: /^rmse/ }));
    expect(page.names()).toEqual(['first', 'third', 'second']);
    await waitFor(() => expect(page.experiment.view).toMatchObject({ sort: 'metrics.rmse', descending: true }));
  });

  it('shows the table, the charts or both, and saves the choice with the experiment', async () => {
    fireEvent.click(screen.getByRole('button', { name: 'Charts' }));
    expect(screen.queryByRole('grid')).toBeNull();
    await waitFor(() => expect(page.experiment.view?.layout).toBe('charts'));
    await page.model.load();
    expect(screen.getByRole('button', { name: 'Charts' }).getAttribute('aria-pressed')).toBe('true');
    fireEvent.click(screen.getByRole('button', { name: 'Table' }));
    expect(screen.queryByRole('button', { name: 'Add a chart' })).toBeNull();
    expect(screen.getByRole('grid')).toBeTruthy();
  });

  it('groups runs, and hides those of a group that is closed', () => {
    fireEvent.change(screen.getByLabelText('Group by'), { target: { value: 'parameters.alpha' } });
    const [group] = screen.getAllByRole('button', { name: /alpha: / });
    expect(group.textContent).toBe('alpha: 0.12 runsrmse: best 2, median 2');
    fireEvent.click(group);
    expect(page.names()).toEqual(['third']);
  });

  it('stars a run, without fetching the others again', async () => {
    const before = page.requests.length;
    fireEvent.click(screen.getAllByRole('button', { name: 'Star' })[1]); // the first is the heading
    await waitFor(() => expect(screen.getAllByRole('button', { name: 'Star', pressed: true })).toHaveLength(2));
    expect(page.requests.slice(before).filter(request => /jobs|runs/.test(request))).toEqual(['PATCH /jobs/a']);
  });

  it('edits a note in its cell', async () => {
    fireEvent.scroll(screen.getByRole('grid'), { target: { scrollLeft: 790 } });
    fireEvent.click(screen.getAllByRole('button', { name: 'Edit Note' })[0]);
    const input = await screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Note' });
    expect(input.value).toBe('from then');
    fireEvent.change(input, { target: { value: 'best so far' } });
    fireEvent.keyDown(input, { key: 'Enter', ctrlKey: true });
    expect(await within(screen.getByRole('grid')).findByText('best so far')).toBeTruthy();
    expect(page.onOpen).not.toHaveBeenCalled();
  });

  it('fetches what the commands of the context menu apply to, before it opens', async () => {
    const known: unknown[] = [];
    const onContextMenu = ({ target }: Event): unknown =>
      known.push((target as Element).closest<HTMLElement>('[data-ml-job]')?.dataset.mlJob, page.jobs.peek('a')?.state);
    document.addEventListener('contextmenu', onContextMenu);
    const [cell] = screen.getAllByRole('gridcell', { name: 'Trees.ipynb' });
    fireEvent.mouseDown(cell, { button: 2 });
    expect(fireEvent.contextMenu(cell)).toBe(false);
    await waitFor(() => expect(known).toEqual(['a', 'Completed']));
    document.removeEventListener('contextmenu', onContextMenu);
  });

  it('hides a column', () => {
    fireEvent.click(screen.getByRole('button', { name: 'Columns' }));
    fireEvent.click(screen.getByRole('checkbox', { name: 'Duration' }));
    expect(page.headers()).toEqual(['', 'Name', 'Source', 'rmse', 'alpha', 'Created', 'Note']);
  });

  it('marks the bars of the selected runs, and selects those of bars', () => {
    const bars = (): (string | null)[] =>
      screen.getAllByRole('button', { name: /^alpha=/ }).map(bar => bar.getAttribute('aria-current'));
    expect(bars()).toEqual(['false', 'false']);
    fireEvent.mouseDown(screen.getByRole('row', { name: /third/ }));
    expect(bars()).toEqual(['false', 'true']);
    fireEvent.click(screen.getAllByRole('button', { name: /^alpha=/ })[0]);
    expect(bars()).toEqual(['true', 'false']);
    expect(screen.getByRole('row', { name: /first/ }).getAttribute('aria-selected')).toBe('true');
  });

  it('filters on the server, and exports what is shown', async () => {
    const filter = screen.getByRole('combobox', { name: 'Filter runs' });
    fireEvent.change(filter, { target: { value: 'foo:bar' } });
    expect(await screen.findByText("unknown key 'foo'")).toBeTruthy();
    expect(page.names()).toHaveLength(3);
    fireEvent.change(filter, { target: { value: 'third' } });
    await waitFor(() => expect(page.names()).toEqual(['third']));
    expect(page.requests.at(-1)).toMatch(/^GET \/experiments\/trees\/runs\?filter=third/);
    fireEvent.click(screen.getByRole('button', { name: 'Export CSV' }));
    expect(page.onDownload).toHaveBeenCalledWith(
      'starred,name,display_name,source,metrics.rmse,parameters.alpha,duration_s,created_at,description\r\n' +
        'true,c,third,python train.py,1,0.5,3,1970-01-01T00:00:01.000Z,a note\r\n',
      'trees.csv'
    );
  });

  it('shows an error, and keeps the runs', async () => {
    page.refusal = new Refusal(503, 'unavailable', 'the database is locked');
    void page.model.load();
    expect((await screen.findByRole('alert')).textContent).toContain('the database is locked');
    expect(page.names()).toEqual(['first', 'second', 'third']);
  });
});
