// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import DECLARED from '../../tests/kinds.json';
import { Commands, ICommands, IKinds, Kinds } from '../resources';
import { fakeServer, Refusal } from '../testing/server';
import { FakeStream } from '../testing/stream';
import { ResourceCommands } from './commands';
import sections from './kinds';
import { Sidebar } from './sidebar';
import { ISidebar } from './tokens';

const trans = nullTranslator.load('jupyter_ml');

interface IStored {
  name: string;
  pages: number | null;
  archived: boolean;
}

let stored: IStored[];
let stream: FakeStream;
let requests: string[];
let commands: Commands;
let kinds: Kinds;
let sidebar: Sidebar;
let menu: { command: string; selector: string }[];
let away: boolean;

const resource = (item: IStored): object => ({
  description: item.name === 'one' ? 'about the work' : null,
  created_at: '2026-01-02T03:04:05Z',
  revision: 1,
  tags: {},
  ...item
});

/** A server with the kinds that `tests/kinds.py` declares, in Python alone. */
function answer({ method, path, query }: { method: string; path: string; query: URLSearchParams }): unknown {
  if (away) throw new Refusal(503, 'unavailable', 'away');
  if (path === '/kinds') return DECLARED;
  const [, , name, action] = path.split('/');
  if (!name) {
    const archived = query.get('archived') === 'true';
    const items = path === '/notes' ? stored.filter(each => each.archived === archived) : [];
    const found = items.filter(each => each.name.includes(query.get('filter') ?? ''));
    return { items: found.map(resource), total: found.length };
  }
  const index = stored.findIndex(each => each.name === name);
  if (method === 'DELETE') return void stored.splice(index, 1);
  if (action) stored[index].archived = action === 'archive';
  return resource(stored[index]);
}

beforeEach(async () => {
  stored = [
    { name: 'one', pages: 3, archived: false },
    { name: 'two', pages: null, archived: false }
  ];
  away = false;
  stream = new FakeStream();
  const server = fakeServer(answer);
  requests = server.requests;
  kinds = new Kinds(server.api, stream.feed);
  commands = new Commands(new CommandRegistry(), null, trans);
  sidebar = new Sidebar(trans, null);
  menu = [];
  const services = new Map<unknown, unknown>([
    [ICommands, commands],
    [IKinds, kinds],
    [ISidebar, sidebar]
  ]);
  const [plugin] = sections;
  const app = { contextMenu: { addItem: (item: (typeof menu)[0]) => void menu.push(item) } };
  await plugin.activate(
    app as never,
    nullTranslator,
    ...(plugin.requires ?? []).slice(1).map(key => services.get(key))
  );
});

afterEach(() => act(() => sidebar.dispose()));

async function open(): Promise<void> {
  await act(async () => {
    Widget.attach(sidebar, document.body);
    await kinds.load();
  });
  act(() => sidebar.node.querySelector<HTMLElement>('.lm-AccordionPanel-title')?.click());
  await screen.findByText('one');
}

it('has a section for each kind, from its declaration alone', async () => {
  await open();
  expect(sidebar.widgets.map(({ title }) => title.label)).toEqual(['Notes', 'Online Endpoints', 'Papers']);
  expect(screen.getByText('pages 3')).toBeTruthy();
  expect(document.querySelector('.jp-MLNote[data-ml-note="two"]')).toBeTruthy();

  fireEvent.mouseDown(screen.getByText('one'));
  expect(await screen.findByText('about the work')).toBeTruthy();

  stored[1].pages = 7;
  act(() => stream.emit('note', { type: 'note_updated', name: 'two' }));
  expect(await screen.findByText('pages 7')).toBeTruthy();
  act(() => sidebar.setFilter('tw', ['note']));
  await waitFor(() => expect(screen.queryByText('one')).toBeNull());
  expect(requests.at(-1)).toBe('GET /notes?filter=tw&limit=100&offset=0');
  act(() => sidebar.setFilter('nothing', ['note']));
  expect(await screen.findByText('No notes match the filter.')).toBeTruthy();
});

it('offers the operations of a kind in the context menu of its rows', async () => {
  await open();
  const offered = (selector: string): string[] =>
    menu.filter(item => item.selector === selector).map(({ command }) => command);
  expect(offered('[data-ml-online_endpoint]')).toEqual(Object.values(ResourceCommands));
  const { registry } = commands;
  const args = { kind: 'note', clicked: true };
  expect(registry.isEnabled(ResourceCommands.archive, args)).toBe(false);
  fireEvent.contextMenu(screen.getByText('one'));
  expect(registry.isEnabled(ResourceCommands.archive, args)).toBe(true);
  expect(registry.isVisible(ResourceCommands.restore, args)).toBe(false);
  expect(registry.label(ResourceCommands.archive, args)).toBe('Archive Note');
  expect(registry.label(ResourceCommands.delete, { kind: 'online_endpoint' })).toBe('Delete Online Endpoint…');
  await act(() => registry.execute(ResourceCommands.archive, args));
  await waitFor(() => expect(screen.queryByText('one')).toBeNull());
  await act(() => registry.execute(ResourceCommands.restore, { kind: 'note', names: ['one'] }));
  expect(await screen.findByText('one')).toBeTruthy();
});

it('deletes resources after confirmation', async () => {
  await open();
  for (const accept of [false, true]) {
    const deleted = commands.registry.execute(ResourceCommands.delete, { kind: 'note', names: ['one'] });
    await waitFor(() => expect(Dialog.tracker.currentWidget).not.toBeNull());
    const dialog = Dialog.tracker.currentWidget;
    expect(dialog?.node.textContent).toContain('Delete one? This cannot be undone.');
    act(() => (accept ? dialog?.resolve(1) : dialog?.reject()));
    await act(() => deleted);
    if (accept) await waitFor(() => expect(screen.queryByText('one')).toBeNull());
    else expect(screen.getByText('one')).toBeTruthy();
  }
  expect(requests).toContain('DELETE /notes/one');
});

it('shows a kind as a plugin has set, and none that has a section of its own', async () => {
  const opened = vi.fn();
  commands.add({ id: 'open-note', label: 'Open', execute: ({ name }) => void opened(name) });
  kinds.setView('note', { renderRow: ({ name }) => <span>{name}</span>, commands: ['open-note'] });
  kinds.setView('paper', { own: true });
  await open();
  expect(sidebar.widgets.map(({ title }) => title.label)).toEqual(['Notes', 'Online Endpoints']);
  expect(screen.queryByText('pages 3')).toBeNull();
  expect(menu[0]).toMatchObject({ command: 'open-note', selector: '[data-ml-note]' });
  fireEvent.doubleClick(screen.getByText('one'));
  expect(opened.mock.calls).toEqual([['one']]);
});

it('fetches the kinds again when the connection is restored, and resources when those they follow change', async () => {
  away = true;
  await kinds.load();
  const loaded = vi.fn();
  kinds.loaded.connect(loaded);
  away = false;
  stream.feed.refresh();
  await waitFor(() => expect(loaded).toHaveBeenCalledTimes(1));
  stream.feed.refresh();
  expect(requests.filter(each => each === 'GET /kinds')).toHaveLength(2);
  expect(() => kinds.manager('tree')).toThrow('The server has no kind of resource tree.');

  Object.assign(kinds, { _all: DECLARED.map(kind => ({ ...kind, follows: ['job'] })), _managers: new Map() });
  const rows = await kinds.manager('note').window();
  rows.show(0, 1);
  await waitFor(() => expect(rows.total).toBe(2));
  stored.pop();
  stream.emit('job', { type: 'job_created', name: 'a' });
  await waitFor(() => expect(rows.total).toBe(1));
});
