// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { Widget } from '@lumino/widgets';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { ApiError } from '../api';
import type { WorkspaceInfo } from '../api';
import { LINK } from '../resources';
import { Links } from './links';
import tabs from './plugins/tabs';
import type { IWorkspaceManager } from './tokens';

const workspace = (name: string): WorkspaceInfo => ({ name, folder: `/${name}` }) as WorkspaceInfo;
const [ours, team] = [workspace('ours'), workspace('team')];

describe('the tabs of a workspace', () => {
  let panels: Widget[];
  let current: Widget | null;
  let shown: WorkspaceInfo;
  let switchTo: (next: WorkspaceInfo) => void;
  const open = vi.fn();
  const execute = vi.fn();
  const info = vi.spyOn(Notification, 'info');

  const panel = (link?: string): Widget => {
    const widget = new Widget();
    if (link) widget.title.dataset = { [LINK]: link };
    panels.push(widget);
    return widget;
  };

  beforeEach(async () => {
    open.mockReset();
    info.mockReset().mockReturnValue('');
    [panels, current, shown] = [[], null, ours];
    const manager = {
      get workspace() {
        return shown;
      }
    } as unknown as IWorkspaceManager;
    const switched = new Signal<IWorkspaceManager, WorkspaceInfo>(manager);
    Object.defineProperty(manager, 'switched', { value: switched });
    switchTo = next => {
      const previous = shown;
      shown = next;
      switched.emit(previous);
    };
    const links = new Links('http://host/', true, nullTranslator.load(''));
    const missing = new ApiError('not found', 'not_found', 404);
    const get = (name: string): Promise<unknown> => (name === 'gone' ? Promise.reject(missing) : Promise.resolve());
    links.add('job', { get, open });
    links.add('comparison', { get, open, several: true });
    const shell = {
      widgets: () => panels.filter(({ isDisposed }) => !isDisposed).values(),
      get currentWidget() {
        return current;
      }
    };
    const [plugin] = tabs as JupyterFrontEndPlugin<unknown>[];
    await plugin.activate({ shell } as unknown as JupyterFrontEnd, nullTranslator, { execute }, links, manager);
  });

  it('are closed with it, which is reported, and opened again with it', async () => {
    current = panel('job/first');
    const [second, notebook] = [panel('comparison/a,b'), panel()];
    panel('job/gone');
    switchTo(team);
    expect(panels.map(({ isDisposed }) => isDisposed)).toEqual([true, true, false, true]);
    expect([second.isDisposed, notebook.isDisposed]).toEqual([true, false]);
    await vi.waitFor(() => expect(info).toHaveBeenCalledOnce());
    const [text, options] = info.mock.calls[0];
    expect(text).toMatch(/workspace team now\. 3 tabs of the workspace ours were closed/);
    options!.actions![0].callback(new MouseEvent('click'));
    expect(execute).toHaveBeenCalledWith('jupyter-ml:switch-workspace', { folder: '/ours' });
    expect(open).not.toHaveBeenCalled();
    switchTo(ours);
    await vi.waitFor(() => expect(open.mock.calls).toEqual([[['a', 'b']], [['first']]])); // the current one is last
    expect(info).toHaveBeenCalledOnce();
  });

  it('are not mentioned if there are none', async () => {
    panel();
    switchTo(team);
    await new Promise(done => setTimeout(done));
    expect(info).not.toHaveBeenCalled();
  });
});
