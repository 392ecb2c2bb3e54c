// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { IDocumentManager, IDocumentWidgetOpener } from '@jupyterlab/docmanager';
import { INotebookTracker } from '@jupyterlab/notebook';
import { DocumentRegistry } from '@jupyterlab/docregistry';
import { IRenderMimeRegistry, RenderMimeRegistry } from '@jupyterlab/rendermime';
import { ContentsManager } from '@jupyterlab/services';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { SidePanel } from '@jupyterlab/ui-components';
import { CommandRegistry } from '@lumino/commands';
import type { Token } from '@lumino/coreutils';
import { PluginRegistry } from '@lumino/coreutils';
import { Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import { beforeAll, describe, expect, it, vi } from 'vitest';

import formsSchema from '../schema/forms.json';
import sidebarSchema from '../schema/sidebar.json';
import plugins, {
  ExperimentCommands,
  IJobManager,
  IJobSelection,
  IKinds,
  ISidebar,
  IWorkspaceManager,
  JobCommands,
  ResourceCommands,
  SidebarCommands,
  WorkspaceCommands
} from './index';
import { makeSection } from './sidebar/section';
import { fakeServer } from './testing/server';

// the plugins only use tokens of the notebook package at startup
vi.mock('@jupyterlab/notebook', async () => {
  const { Token } = await import('@lumino/coreutils');
  return { INotebookTracker: new Token('@jupyterlab/notebook:INotebookTracker') };
});

const KINDS = ['job', 'experiment'].map(name => ({
  name,
  path: `/${name}s`,
  title: name,
  titles: `${name}s`,
  summary: 'what the server declares',
  operations: ['list', 'get', 'archive', 'restore'],
  versioned: false,
  columns: [{ title: 'name', field: 'name' }],
  follows: []
}));

class SilentSocket extends EventTarget {
  close(): void {}
}

describe('the plugins', () => {
  const commands = new CommandRegistry();
  const registry = new PluginRegistry<unknown>();
  const shown = new Map<string, Widget>();
  const items: unknown[] = [];

  beforeAll(async () => {
    const { api } = fakeServer(({ path }) => (path === '/kinds' ? KINDS : { items: [], total: 0, jobs: {} }));
    const serverSettings = { ...api.settings, WebSocket: SilentSocket as unknown as typeof WebSocket };
    registry.application = {
      commands,
      contextMenu: { menu: { aboutToClose: new Signal({}) }, addItem: (item: unknown) => void items.push(item) },
      started: Promise.resolve(),
      docRegistry: new DocumentRegistry(),
      serviceManager: { serverSettings, contents: new ContentsManager({ serverSettings }) },
      shell: { widgets: () => [], add: (widget: Widget, area: string) => shown.set(area, widget) }
    };
    const provide = <T,>(provides: Token<T>, service: T): void =>
      registry.registerPlugin({ id: `test:${provides.name}`, autoStart: true, provides, activate: () => service });
    provide(ITranslator, nullTranslator);
    provide(IRenderMimeRegistry, new RenderMimeRegistry());
    provide(IDocumentManager, {} as IDocumentManager);
    const signal = new Signal({});
    provide(INotebookTracker, {
      currentWidget: null,
      currentChanged: signal,
      activeCellChanged: signal,
      selectionChanged: signal,
      widgetAdded: signal,
      find: () => undefined
    } as unknown as INotebookTracker);
    provide(IDocumentWidgetOpener, { opened: new Signal({}) } as unknown as IDocumentWidgetOpener);
    registry.registerPlugins(plugins as never);
    await registry.activatePlugins('startUp');
  });

  it('have prefixed IDs and descriptions', () => {
    expect(new Set(plugins.map(({ id }) => id)).size).toBe(plugins.length);
    for (const { id, description, autoStart } of plugins) {
      expect(id).toMatch(/^jupyter-ml:[a-z-]+$/);
      expect(description).toMatch(/^[A-Z].*\.$/);
      expect(autoStart).toBe(true);
    }
  });

  it('define all public commands, with labels', () => {
    const all = [JobCommands, ExperimentCommands, ResourceCommands, SidebarCommands, WorkspaceCommands];
    for (const id of all.flatMap(each => Object.values<string>(each))) {
      expect(commands.hasCommand(id), id).toBe(true);
      expect(commands.label(id), id).not.toBe('');
    }
  });

  it('pass `clicked` from all context-menu items', () => {
    const ofNotebook: string[] = [JobCommands.markParameters, JobCommands.runCells];
    const { context: sidebarItems } = sidebarSchema['jupyter.lab.menus'];
    for (const { command, args } of [...sidebarItems, ...formsSchema['jupyter.lab.menus'].context]) {
      if (command === undefined || ofNotebook.includes(command)) continue; // these act on the active cell, which was clicked
      expect(args, command).toEqual({ clicked: true });
      expect(commands.isEnabled(command, args), command).toBe(false); // there was no click
    }
  });

  it('provide the public tokens', async () => {
    for (const token of [IJobManager, IKinds, IWorkspaceManager, IJobSelection, ISidebar]) {
      expect(await registry.resolveOptionalService<unknown>(token), token.name).not.toBeNull();
    }
  });

  it('accept a section of another extension, by rank', async () => {
    const sidebar = await registry.resolveRequiredService(ISidebar);
    const panel = makeSection({ title: 'Models', trans: nullTranslator.load('other'), body: <p>none</p> });
    await vi.waitFor(() => expect(items).toContainEqual(expect.objectContaining({ command: ExperimentCommands.open })));
    const titles = (): string[] => (shown.get('left') as SidePanel).widgets.map(({ title }) => title.label);
    const added = sidebar.add({ id: 'models', rank: 150, panel });
    expect(titles()).toEqual(['Jobs', 'Models', 'Experiments']);
    added.dispose();
    expect(titles()).toEqual(['Jobs', 'Experiments']);
    expect(panel.isDisposed).toBe(false);
  });
});
