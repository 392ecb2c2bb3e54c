// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { definePlugin, ICommands, IKinds } from '../resources';
import { KindCommands } from './kindCommands';
import { makeKindSection } from './kindSection';
import { ISidebar } from './tokens';

const sections = definePlugin({
  id: 'jupyter-ml:kind-sections',
  description: 'Shows a section in the sidebar, with commands, for each kind of resource that the server declares.',
  requires: { commands: ICommands, kinds: IKinds, sidebar: ISidebar },
  activate: ({ contextMenu }, { commands, kinds, sidebar, trans }): void => {
    const shared = new KindCommands(kinds, commands, trans);
    kinds.loaded.connect(() => {
      for (const kind of kinds.all) {
        const view = kinds.view(kind.name);
        if (view.own || !kind.operations.includes('list')) continue;
        sidebar.add(makeKindSection(sidebar, kinds, kind, commands, trans));
        [...(view.commands ?? []), ...shared.menu(kind)].forEach((command, rank) =>
          contextMenu.addItem({
            command,
            args: { kind: kind.name, clicked: true },
            selector: `[data-ml-${kind.name}]`,
            rank
          })
        );
      }
    });
  }
});

export default [sections];
