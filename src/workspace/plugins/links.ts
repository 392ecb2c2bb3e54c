// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ILabShell, IRouter } from '@jupyterlab/application';
import { linkIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { withErrorDialog } from '../../components';
import { CLICKED, definePlugin, ICommands, IConnection, LINK } from '../../resources';
import { WorkspaceCommands } from '../commands';
import { Links } from '../links';
import { ILinks } from '../tokens';

const links = definePlugin({
  id: 'jupyter-ml:links',
  description: 'Provides links to jobs, experiments and comparisons.',
  optional: { labShell: ILabShell },
  provides: ILinks,
  activate: ({ serviceManager }, { labShell, trans }): ILinks =>
    new Links(serviceManager.serverSettings.baseUrl, labShell !== null, trans)
});

const commands = definePlugin({
  id: 'jupyter-ml:link-commands',
  description: 'Opens what a URL leads to, e.g. /lab?ml=job/NAME, and copies such URLs.',
  requires: { commands: ICommands, connection: IConnection, links: ILinks },
  optional: { router: IRouter },
  activate: (app, { commands, connection: { api }, links, router, trans }): void => {
    const linkOf = ({ link, clicked }: ReadonlyPartialJSONObject): string | undefined =>
      clicked ? links.clicked : ((link as string | undefined) ?? app.shell.currentWidget?.title.dataset[LINK]);
    const label = trans.__('Open Link');
    const open = async (search: string): Promise<void> => {
      await app.restored;
      const { openLink } = await import('../openLink');
      await openLink(search, links, () => api.get('/workspace'), commands, trans);
    };
    commands.add({
      id: WorkspaceCommands.openLink,
      label,
      args: { search: { type: 'string', description: 'The query of a URL, e.g. ?ml=job/NAME' } },
      // the router, which waits for the command, has to continue before the application is restored
      execute: args => void withErrorDialog(label, trans, () => open((args.search as string | undefined) ?? ''))
    });
    commands.add({
      id: WorkspaceCommands.copyLink,
      label: trans.__('Copy Link'),
      caption: trans.__('Copy a URL that opens this in JupyterLab'),
      icon: linkIcon,
      args: { link: { type: 'string', description: 'E.g. job/NAME; by default the current panel' }, ...CLICKED },
      isEnabled: args => linkOf(args) !== undefined,
      execute: args => links.copy(linkOf(args) ?? ''),
      palette: true
    });
    router?.register({ command: WorkspaceCommands.openLink, pattern: /[?&]ml=/ });
  }
});

export default [links, commands];
