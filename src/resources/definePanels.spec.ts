// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { Widget } from '@lumino/widgets';
import { expect, it, vi } from 'vitest';

import { Commands } from './commands';
import { definePanels } from './definePanels';
import type { IPanelsOptions } from './definePanels';
import type { ILinkTarget } from './tokens';

class Panel extends MainAreaWidget {
  constructor(readonly version: unknown) {
    super({ content: new Widget() });
  }
}

function define(hasTabs = true, show?: IPanelsOptions<Panel>['show']) {
  const shell = { add: vi.fn(), activateById: vi.fn() };
  const registry = new CommandRegistry();
  const targets = new Map<string, ILinkTarget>();
  const links = {
    leave: vi.fn(() => !hasTabs),
    add: (kind: string, target: ILinkTarget) => void targets.set(kind, target)
  };
  const restore = vi.fn<ILayoutRestorer['restore']>(() => Promise.resolve());
  const create = vi.fn((_: string, { version }: { version?: unknown }) => Promise.resolve(new Panel(version)));
  const panels = definePanels<Panel>(
    { shell } as unknown as JupyterFrontEnd,
    {
      commands: new Commands(registry, null, nullTranslator.load('jupyter_ml')),
      links,
      restorer: { restore } as unknown as ILayoutRestorer
    },
    {
      kind: 'model',
      id: 'open',
      label: 'Open',
      get: name => Promise.resolve(name),
      create,
      show,
      state: ({ version }) => ({ version: version as string })
    }
  );
  return { registry, targets, links, restore, create, panels, shell };
}

it('opens one panel for each name, and restores it', async () => {
  const show = vi.fn();
  const { registry, restore, create, panels } = define(true, show);
  await registry.execute('open', { name: 'a', version: '1' });
  await registry.execute('open', { name: 'a', version: '2' });
  await registry.execute('open', { name: 'b' });
  expect(create.mock.calls.map(([name]) => name)).toEqual(['a', 'b']);
  expect(show.mock.calls.map(([, args]) => args as object)).toMatchObject([
    { version: '1' },
    { version: '2' },
    { name: 'b' }
  ]);
  const panel = panels.find('jp-MLPanel-model-a')!;
  expect(panel.title.dataset).toMatchObject({ 'ml-link': 'model/a' });
  const [, { command, args, name }] = restore.mock.calls[0];
  expect([command, (args as (panel: Widget) => unknown)(panel)]).toEqual(['open', { name: 'a', version: '1' }]);
  expect(name(panel)).toBe('jp-MLPanel-model-a');
});

it('opens what is under the context menu', async () => {
  const { registry, create, panels } = define();
  document.body.innerHTML = '<div data-ml-model="c"><b>c</b></div>';
  expect(registry.isEnabled('open', { clicked: true })).toBe(false);
  document.querySelector('b')!.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true }));
  expect(registry.isEnabled('open', { clicked: true })).toBe(true);
  expect(registry.isEnabled('open')).toBe(false);
  await registry.execute('open', { clicked: true });
  expect(create).toHaveBeenCalledWith('c', { clicked: true });
  expect(panels.find('jp-MLPanel-model-c')).toBeDefined();
});

it('opens links, and leaves a page without tabs', async () => {
  const { targets, create } = define();
  targets.get('model')!.open(['d']);
  await vi.waitFor(() => expect(create).toHaveBeenCalledWith('d', { name: 'd' }));
  const other = define(false);
  await other.registry.execute('open', { name: 'd' });
  expect(other.links.leave).toHaveBeenCalledWith('model/d');
  expect(other.create).not.toHaveBeenCalled();
});
