// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';

import type { FilterCheck } from '../api';
import { fakeServer } from '../testing/server';
import { FakeStream } from '../testing/stream';
import { WorkspaceManager } from '../workspace';
import { Filter } from './Filter';
import { filterTerm } from './filterTerm';
import { SavedFilters } from './savedFilters';
import { Sidebar } from './sidebar';

/** What the server returns for these texts before the cursor. */
const COMPLETIONS: Record<string, [before: string, label: string][]> = {
  '': [
    ['is:', 'is:'],
    ['tag:', 'tag:']
  ],
  'is:f': [
    ['is:failed ', 'failed'],
    ['is:finalizing ', 'finalizing']
  ],
  'is:failed ': [['is:failed tag:', 'tag:']]
};
const ERRORS: Record<string, Partial<FilterCheck>> = {
  'foo:bar': { error: "unknown key 'foo': use one of is, tag" },
  'is:f': { error: "unknown value 'f' of is", incomplete: true },
  'apha>1': { notice: "no job has a parameter 'apha'" }
};

/** The part of JupyterLab's settings that is used. */
class Settings {
  readonly changed = new Signal<this, void>(this);
  saved: string[] = [];

  get(): { composite: string[] } {
    return { composite: this.saved };
  }

  set(_: string, saved: string[]): Promise<void> {
    this.saved = saved;
    this.changed.emit();
    return Promise.resolve();
  }
}

describe('Filter', () => {
  let sidebar: Sidebar;
  let settings: Settings;
  const box = (): HTMLInputElement => screen.getByRole<HTMLInputElement>('combobox', { name: 'Filter' });
  const type = (value: string): void => void fireEvent.change(box(), { target: { value } });
  const press = (key: string): boolean => fireEvent.keyDown(box(), { key });
  const options = (): (string | null)[] => screen.queryAllByRole('option').map(option => option.textContent);

  beforeEach(() => {
    const { api } = fakeServer(({ query }): FilterCheck => {
      const completions = (COMPLETIONS[query.get('before') ?? ''] ?? []).map(([before, label]) => ({
        before,
        label,
        detail: ''
      }));
      const found = ERRORS[query.get('filter') ?? ''];
      return { completions, error: null, incomplete: false, kinds: ['job'], notice: null, ...found };
    });
    Element.prototype.scrollIntoView = () => undefined;
    sidebar = new Sidebar(nullTranslator.load('jupyter_ml'), null);
    settings = new Settings();
    const saved = new SavedFilters(settings as unknown as ISettingRegistry.ISettings);
    const manager = new WorkspaceManager(api, new FakeStream().feed);
    render(<Filter label="Filter" target={sidebar} manager={manager} saved={saved} />);
  });

  it('filters shortly after typing, and is cleared by Escape', async () => {
    type(' otter ');
    expect(sidebar.filter).toBe('');
    await waitFor(() => expect(sidebar.filter).toBe('otter'));
    press('Escape');
    await waitFor(() => expect(sidebar.filter).toBe(''));
  });

  it('keeps what is typed while an earlier text is set as the filter', async () => {
    sidebar.filterChanged.connect(() => type('otter and more'), box());
    type('otter');
    await waitFor(() => expect(sidebar.filter).toBe('otter'));
    expect(box().value).toBe('otter and more');
    await waitFor(() => expect(sidebar.filter).toBe('otter and more'));
  });

  it('shows a filter that was set elsewhere', () => {
    act(() => sidebar.setFilter('experiment:trees'));
    expect(box().value).toBe('experiment:trees');
  });

  it('is completed with the keyboard', async () => {
    type('is:f');
    await waitFor(() => expect(options()).toEqual(['failed', 'finalizing']));
    expect(box().getAttribute('aria-expanded')).toBe('true');
    expect(box().getAttribute('aria-activedescendant')).toBeNull();
    press('ArrowDown');
    press('ArrowDown');
    press('ArrowUp');
    const active = document.getElementById(box().getAttribute('aria-activedescendant') ?? '');
    expect(active?.textContent).toBe('failed');
    expect(active?.closest('[role=listbox]')?.id).toBe(box().getAttribute('aria-controls'));
    press('Enter');
    expect(box().value).toBe('is:failed ');
    await waitFor(() => expect(sidebar.filter).toBe('is:failed'));
    await waitFor(() => expect(options()).toEqual(['tag:']));
    press('Escape');
    expect(options()).toEqual([]);
    expect(box().value).toBe('is:failed ');
  });

  it('is completed by a click, and Tab leaves it if no completion is active', async () => {
    type('is:f');
    fireEvent.click(await screen.findByText('finalizing'));
    expect(box().value).toBe('is:finalizing ');
    expect(press('Tab')).toBe(true);
  });

  it('shows what is wrong, and keeps the last filter that can be read', async () => {
    type('otter');
    await waitFor(() => expect(sidebar.filter).toBe('otter'));
    type('foo:bar');
    await screen.findByText(/unknown key 'foo': use one of is, tag/);
    expect(sidebar.filter).toBe('otter');
    expect(box().getAttribute('aria-invalid')).toBe('true');
    expect(document.getElementById(box().getAttribute('aria-describedby') ?? '')?.textContent).toContain('foo');
  });

  it('does not complain about what is incomplete before Enter', async () => {
    type('is:f');
    await waitFor(() => expect(options()).toHaveLength(2));
    expect(screen.queryByText(/unknown value/)).toBeNull();
    expect(screen.getByText(/The filter is incomplete/)).toBeTruthy();
    press('Enter');
    expect(screen.getByText(/unknown value 'f' of is/)).toBeTruthy();
    expect(screen.queryByText(/The filter is incomplete/)).toBeNull();
    expect(sidebar.filter).toBe('');
  });

  it('notes names that no job has', async () => {
    type('apha>1');
    expect(await screen.findByText("no job has a parameter 'apha'")).toBeTruthy();
    await waitFor(() => expect(sidebar.filter).toBe('apha>1'));
  });

  it('saves a filter, and offers it when it is empty', async () => {
    type('otter');
    const star = screen.getByRole('button', { name: 'Saved filter' });
    fireEvent.click(star);
    expect(settings.saved).toEqual(['otter']);
    expect(star.getAttribute('aria-pressed')).toBe('true');
    fireEvent.click(screen.getByRole('button', { name: 'Clear the filter' }));
    fireEvent.click(box());
    await waitFor(() => expect(options()).toEqual(['ottersaved', 'is:', 'tag:']));
    press('ArrowDown');
    press('Enter');
    await waitFor(() => expect(sidebar.filter).toBe('otter'));
    fireEvent.click(screen.getByRole('button', { name: 'Saved filter' }));
    expect(settings.saved).toEqual([]);
  });

  it('has help, which a question mark opens only where it is not text', () => {
    press('?');
    fireEvent.click(screen.getByRole('button', { name: 'is:failed,canceled' }));
    expect(box().value).toBe('is:failed,canceled');
    expect(press('?')).toBe(true);
  });
});

it('a term quotes its value', () => {
  expect(filterTerm('experiment', 'a "b" \\')).toBe('experiment:"a \\"b\\" \\\\"');
});
