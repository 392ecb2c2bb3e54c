// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Dialog, Notification } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { screen } from '@testing-library/dom';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { ApiError } from '../api';
import type { WorkspaceInfo } from '../api';
import { Links } from './links';
import { openLink } from './openLink';

const trans = nullTranslator.load('jupyter_ml');
const NAMES = ['a/b', 'ü & 100% + x=?#', 'one,two'];

describe('Links', () => {
  const links = new Links('http://host/user/ada/', true, trans);

  it('contain the prefix of the server, and survive encoding', () => {
    expect(links.url('job/kind_lynx')).toBe('http://host/user/ada/lab?ml=job/kind_lynx');
    expect(links.url('comparison/a,b')).toBe('http://host/user/ada/lab?ml=comparison/a,b');
    for (const name of NAMES) {
      expect(new URL(links.url(`experiment/${name}`)).searchParams.get('ml')).toBe(`experiment/${name}`);
    }
  });

  it('are those of the row or tab under the context menu', () => {
    for (const kind of ['job', 'experiment']) links.add(kind, { get: vi.fn(), open: vi.fn() });
    document.body.innerHTML =
      '<p data-ml-experiment="e"><b data-ml-job="j"></b></p><ul><li data-ml-link="comparison/a,b"><i></i></li></ul>';
    const click = (selector: string): string | undefined => {
      document.querySelector(selector)!.dispatchEvent(new MouseEvent('contextmenu', { bubbles: true }));
      return links.clicked;
    };
    expect(click('b')).toBe('job/j');
    expect(click('p')).toBe('experiment/e');
    expect(click('i')).toBe('comparison/a,b');
    expect(click('ul')).toBeUndefined();
  });

  it('open JupyterLab in another tab from a page that has no tabs', async () => {
    const open = vi.spyOn(window, 'open').mockReturnValue(null);
    const offer = vi.spyOn(Notification, 'info').mockReturnValue('');
    expect(links.leave('job/x')).toBe(false);
    expect(new Links('http://host/', false, trans).leave('job/x')).toBe(true);
    await vi.waitFor(() => expect(offer).toHaveBeenCalledOnce()); // the browser did not open it
    offer.mock.calls[0][1]!.actions![0].callback(new MouseEvent('click'));
    expect(open.mock.calls).toEqual([1, 2].map(() => ['http://host/lab/workspaces/jupyter-ml?ml=job/x', 'jupyter-ml']));
  });
});

describe('openLink', () => {
  const open = vi.fn();
  const execute = vi.fn();
  const missing = new ApiError('not found', 'not_found', 404);
  const get = (name: string): Promise<unknown> => (name === 'gone' ? Promise.reject(missing) : Promise.resolve());
  const workspace = (): Promise<WorkspaceInfo> =>
    Promise.resolve({ name: 'team', folder: '/t/.jupyter-ml' } as WorkspaceInfo);
  const links = new Links('http://host/', true, trans);
  links.add('experiment', { get, open });
  links.add('comparison', { get, open, several: true });
  const follow = (search: string): Promise<void> => openLink(search, links, workspace, { execute }, trans);

  beforeEach(() => {
    vi.clearAllMocks();
    history.replaceState(null, '', '/lab/tree/a.ipynb?reset&ml=job/x#top');
  });

  it('opens any name, and removes the link from the URL', async () => {
    for (const name of NAMES) await follow(new URL(links.url(`experiment/${name}`)).search);
    expect(open.mock.calls).toEqual(NAMES.map(name => [[name]]));
    expect(location.href).toMatch(/\/lab\/tree\/a\.ipynb\?reset=?#top$/);
    await follow('?ml=comparison/a,b');
    expect(open).toHaveBeenLastCalledWith(['a', 'b']);
  });

  it('reports in which workspace a name is missing, and offers to switch', async () => {
    const done = follow('?ml=comparison/a,gone');
    expect(await screen.findByText(/“gone” is not in the workspace .*team \(\/t\)/)).toBeTruthy();
    Dialog.tracker.forEach(dialog => dialog.resolve(1));
    await done;
    expect(execute).toHaveBeenCalledWith('jupyter-ml:switch-workspace');
    expect(open).not.toHaveBeenCalled();
  });

  it.each(['?ml=', '?ml=job', '?ml=model/x', '?ml=//x', '?x=1'])('refuses %s', async search => {
    await expect(follow(search)).rejects.toThrow('cannot be opened');
  });
});
