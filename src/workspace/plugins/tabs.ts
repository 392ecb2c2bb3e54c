// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd } from '@jupyterlab/application';

import { definePlugin, ICommands, LINK } from '../../resources';
import { ILinks, IWorkspaceManager } from '../tokens';

const tabs = definePlugin({
  id: 'jupyter-ml:workspace-tabs',
  description: 'Closes the panels of a workspace when the server shows another one, and opens them again with it.',
  requires: { commands: ICommands, links: ILinks, workspace: IWorkspaceManager },
  activate: ({ shell }, { commands, links, workspace, trans }): void => {
    /** Links to the panels that were closed, by the directory of their workspace. */
    const closed = new Map<string, string[]>();
    workspace.switched.connect((_, previous) => {
      const current = workspace.workspace;
      const panels = closePanels(shell); // at once: what they show is fetched again after that
      closed.set(previous.folder, panels);
      const wanted = closed.get(current?.folder ?? '') ?? [];
      if (!panels.length && !wanted.length) return;
      void import('../tabs').then(({ reopen, reportClosed }) => {
        if (panels.length && current) reportClosed(panels.length, previous, current, commands, trans);
        void reopen(wanted, links);
      });
    });
  }
});

/** Close all panels that have a link, and return their links: the current one is last, and gets the focus again. */
function closePanels(shell: JupyterFrontEnd.IShell): string[] {
  const { currentWidget } = shell;
  const panels = [...shell.widgets('main')].filter(({ title }) => title.dataset[LINK] !== undefined);
  panels.sort((left, right) => Number(left === currentWidget) - Number(right === currentWidget));
  const links = panels.map(({ title }) => title.dataset[LINK]);
  for (const panel of panels) panel.dispose();
  return links;
}

export default [tabs];
