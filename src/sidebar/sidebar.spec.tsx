// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { StateDB } from '@jupyterlab/statedb';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { fakeServer } from '../testing/server';
import { FakeStream } from '../testing/stream';
import { WorkspaceManager } from '../workspace';
import { Header } from './Header';
import { makeSection } from './section';
import { Sidebar } from './sidebar';
import type { ISidebarSection } from './tokens';

const trans = nullTranslator.load('jupyter_ml');
const section = (id: string, rank: number, open = false): ISidebarSection => ({
  id,
  rank,
  open,
  panel: makeSection({ title: id, trans, body: <p>{id}</p> })
});

describe('Sidebar', () => {
  it('orders sections by rank, and removes disposed ones', () => {
    const sidebar = new Sidebar(trans, null);
    sidebar.add(section('models', 300));
    const jobs = sidebar.add(section('jobs', 100));
    sidebar.add(section('experiments', 200));
    const titles = (): string[] => sidebar.widgets.map(panel => panel.title.label);
    expect(titles()).toEqual(['jobs', 'experiments', 'models']);
    jobs.dispose();
    expect(titles()).toEqual(['experiments', 'models']);
  });

  it('stores which sections are expanded', async () => {
    const state = new StateDB();
    const first = new Sidebar(trans, state);
    await act(async () => {
      Widget.attach(first, document.body);
      first.add(section('jobs', 100, true));
      first.add(section('experiments', 200));
      await new Promise(requestAnimationFrame); // Lumino's messages
    });
    expect(first.widgets.map(panel => panel.isHidden)).toEqual([false, true]);
    await waitFor(() => expect(first.widgets).toHaveLength(2));
    const titles = first.node.querySelectorAll<HTMLElement>('.lm-AccordionPanel-title');
    await act(async () => {
      titles.forEach(title => title.click());
      await new Promise(requestAnimationFrame);
    });
    await waitFor(async () => expect(await state.fetch('jupyter-ml:sidebar')).toBeDefined());

    const second = new Sidebar(trans, state);
    second.add(section('jobs', 100, true));
    second.add(section('experiments', 200));
    await waitFor(() => expect(second.widgets.map(panel => panel.isHidden)).toEqual([true, false]));
    act(() => first.dispose());
  });

  it('changes no other section when one is added, and forgets none that is not there', async () => {
    const state = new StateDB();
    await state.save('jupyter-ml:sidebar', { jobs: { open: true, size: 0.5 }, models: { open: false, size: 0.5 } });
    const sidebar = new Sidebar(trans, state);
    await act(async () => {
      Widget.attach(sidebar, document.body);
      sidebar.add(section('jobs', 100, true));
      await new Promise(requestAnimationFrame);
    });
    const save = vi.spyOn(state, 'save');
    await act(async () => {
      sidebar.node.querySelector<HTMLElement>('.lm-AccordionPanel-title')!.click();
      await new Promise(requestAnimationFrame);
    });
    expect(sidebar.widgets.map(panel => panel.isHidden)).toEqual([true]);
    await waitFor(() => expect(save).toHaveBeenCalled());
    await act(async () => {
      sidebar.add(section('models', 300, true));
      await new Promise(requestAnimationFrame);
    });
    await waitFor(() => expect(sidebar.widgets.map(panel => panel.isHidden)).toEqual([true, true]));
    act(() => sidebar.dispose());
  });
});

describe('Header', () => {
  let stream: FakeStream;
  let sidebar: Sidebar;
  const executed = vi.fn();

  beforeEach(async () => {
    stream = new FakeStream();
    sidebar = new Sidebar(trans, null);
    const manager = new WorkspaceManager(
      fakeServer(({ path }) =>
        path === '/workspace'
          ? { name: 'sales', jobs: {} }
          : { completions: [], error: null, incomplete: false, kinds: [], notice: null }
      ).api,
      stream.feed
    );
    const commands = new CommandRegistry();
    for (const id of ['create-job', 'create-model']) {
      commands.addCommand(id, { label: id, execute: () => void executed(id), describedBy: { args: {} } });
    }
    render(<Header manager={manager} commands={commands} sidebar={sidebar} />);
    act(() => stream.open());
    await screen.findByRole('button', { name: 'sales' });
  });

  it('offers a refresh only without live updates', () => {
    const refresh = (): Element | null => document.querySelector('[title*="refresh"], [aria-label*="refresh"]');
    expect(refresh()).toBeNull();
    act(() => stream.close());
    expect(refresh()).not.toBeNull();
  });

  it('creates a resource, of a kind that the user selects if there are several', async () => {
    expect(screen.queryByTitle('create-job')).toBeNull();
    act(() => void sidebar.add({ ...section('jobs', 100), create: 'create-job' }));
    fireEvent.click(await screen.findByTitle('create-job'));
    expect(executed.mock.calls).toEqual([['create-job']]);
    act(() => void sidebar.add({ ...section('models', 200), create: 'create-model' }));
    fireEvent.click(await screen.findByTitle('Create'));
    const item = await screen.findByText('create-model');
    expect(screen.getByText('create-job')).toBeTruthy();
    fireEvent.mouseUp(item);
  });

  it('enters the first list from the filter on ArrowDown', () => {
    const pressed = vi.fn();
    const body = (
      <div className="jp-MLRows" tabIndex={0} onKeyDown={({ key }) => void pressed(key)}>
        <div data-name="a" />
      </div>
    );
    act(() => {
      Widget.attach(sidebar, document.body);
      sidebar.add({ id: 'empty', rank: 1, open: true, panel: makeSection({ title: 'empty', trans, body: <p /> }) });
      sidebar.add({ id: 'jobs', rank: 2, open: true, panel: makeSection({ title: 'jobs', trans, body }) });
    });
    const input = document.createElement('input');
    input.className = 'jp-MLFilter-input';
    sidebar.node.append(input);
    act(() => void fireEvent.keyDown(input, { key: 'ArrowDown' }));
    expect(document.activeElement?.className).toBe('jp-MLRows');
    expect(pressed.mock.calls).toEqual([['ArrowDown']]);
    act(() => sidebar.dispose());
  });
});
