// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { RunsPage } from '../../testing/runsPage';

describe('RunsTable', () => {
  let page: RunsPage;

  beforeEach(async () => {
    page = await RunsPage.render();
  });

  afterEach(() => {
    cleanup();
    page.dispose();
  });

  it('renders only pinned columns and those in view, each at its place', () => {
    const cells = (): string[] => {
      const all = within(screen.getByRole('row', { name: /third/ })).getAllByRole('gridcell');
      return all.flatMap(cell => cell.getAttribute('aria-colindex') ?? []);
    };
    expect(cells()).toEqual(['1', '2', '3', '4', '5']); // 300 pixels, and two columns beside them
    fireEvent.scroll(screen.getByRole('grid'), { target: { scrollLeft: 790 } });
    expect(cells()).toEqual(['1', '2', '5', '6', '7', '8']);
    const row = screen.getByRole('row', { name: /third/ });
    expect(within(row).getByRole('gridcell', { name: '0.5' }).style.gridColumnStart).toBe('5');
  });

  it('leads the Tab key to one heading, in which arrow keys move, resize and open the menu', async () => {
    const stops = (): (string | null)[] =>
      [...screen.getByRole('grid').querySelectorAll('[tabindex="0"]')].map(stop => stop.textContent);
    expect(stops()).toEqual(['★']);
    const [first] = screen.getAllByRole('columnheader')[0].querySelectorAll('button');
    act(() => first.focus());
    fireEvent.keyDown(first, { key: 'ArrowRight' });
    const name = screen.getByRole('button', { name: 'Name' });
    expect(document.activeElement).toBe(name);
    expect(stops()).toEqual(['Name']);
    fireEvent.keyDown(name, { key: 'ArrowRight', shiftKey: true });
    expect(page.model.view.widths).toEqual({ name: 216 });
    fireEvent.keyDown(name, { key: 'End' });
    expect(stops()).toEqual(['Note']);
    fireEvent.contextMenu(screen.getByRole('button', { name: 'Note' }));
    await waitFor(() => expect(document.querySelector('.lm-Menu')?.textContent).toContain('Hide Column'));
    fireEvent.keyDown(document.querySelector('.lm-Menu')!, { keyCode: 27 });
    await waitFor(() => expect(document.querySelector('.lm-Menu')).toBeNull());
    fireEvent.keyDown(screen.getByRole('button', { name: 'Note' }), { key: 'ArrowDown' });
    expect(document.activeElement).toBe(screen.getByRole('grid'));
  });

  it('keeps a width that is set by keyboard after the edge was dragged', () => {
    const { parentElement: header } = screen.getByRole('button', { name: 'Name' });
    const edge = header!.querySelector('.jp-MLRuns-edge')!;
    Object.assign(edge, { setPointerCapture: vi.fn() });
    fireEvent(edge, new MouseEvent('pointerdown', { bubbles: true, clientX: 0 }));
    fireEvent(edge, new MouseEvent('pointermove', { bubbles: true, clientX: 60 }));
    fireEvent(edge, new MouseEvent('pointerup', { bubbles: true, clientX: 50 }));
    fireEvent.focus(screen.getByRole('button', { name: 'Name' }));
    fireEvent.keyDown(screen.getByRole('button', { name: 'Name' }), { key: 'ArrowLeft', shiftKey: true });
    expect(page.model.view.widths).toEqual({ name: 234 });
    expect(screen.getByRole('grid').firstElementChild!.getAttribute('style')).toContain('48px 234px');
  });

  it('compares what is selected by keyboard', () => {
    const grid = screen.getByRole('grid');
    fireEvent.keyDown(grid, { key: 'ArrowDown' });
    fireEvent.keyDown(grid, { key: 'ArrowDown', shiftKey: true });
    fireEvent.click(screen.getByRole('button', { name: 'Compare 2' }));
    expect(page.onCompare).toHaveBeenCalledWith(['a', 'b']);
    fireEvent.keyDown(grid, { key: 'Enter' });
    expect(page.onOpen).toHaveBeenCalledWith('b');
  });

  it('keeps the focus of the keyboard', async () => {
    const grid = screen.getByRole('grid');
    const filter = screen.getByRole('combobox', { name: 'Filter runs' });
    filter.focus();
    fireEvent.keyDown(filter, { key: 'ArrowDown' });
    expect(document.activeElement).toBe(grid);

    const more = screen.getByRole('button', { name: 'Menu of column Duration' });
    more.focus();
    fireEvent.click(more);
    const menu = await waitFor(() => document.querySelector('.lm-Menu')!);
    fireEvent.keyDown(menu, { keyCode: 27 });
    await waitFor(() => expect(document.activeElement).toBe(more));

    fireEvent.click(screen.getByRole('button', { name: 'Add a chart' }));
    const type = screen.getByLabelText('Type');
    expect(document.activeElement).toBe(type);
    fireEvent.keyDown(type, { key: 'Escape' });
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Add a chart' }));
    const charts = screen.getAllByRole('button', { name: /^Remove the chart of/ });
    fireEvent.click(charts[0]);
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Add a chart' }));
    expect(screen.getAllByRole('button', { name: /^Remove the chart of/ })).toHaveLength(charts.length - 1);
  });
});
