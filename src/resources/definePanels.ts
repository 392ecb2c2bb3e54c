// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import type { MainAreaWidget } from '@jupyterlab/apputils';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { ICommand, ICommands } from './commands';
import { CLICKED, namedOrClicked } from './context';
import { Panels } from './panels';
import type { ILinkTarget } from './tokens';

type Args = ReadonlyPartialJSONObject;

/** Panels that each show one thing, the command that opens them, and the links to them. */
export interface IPanelsOptions<W extends MainAreaWidget> extends Omit<ICommand, 'execute'>, Omit<ILinkTarget, 'open'> {
  /** The kind of what is shown, in links `KIND/SUBJECT` and in the attributes `data-ml-KIND` of rows. */
  kind: string;
  /** Return what to show, e.g. a name; by default the argument `name`, or what is under the context menu. */
  subjectOf?: (args: Args) => string | undefined;
  /** Return the arguments of the command that show something; by default its `name`. */
  argsOf?: (subject: string) => Args;
  /** Return the ID of the panel that shows something. */
  idOf?: (subject: string) => string;
  /** Create a panel. */
  create: (subject: string, args: Args) => Promise<W>;
  /** Change a panel to what other arguments of the command demand. */
  show?: (panel: W, args: Args) => unknown;
  /** Return arguments with which a panel is restored, in addition to what it shows. */
  state?: (panel: W) => Args;
}

/** Services that panels use. */
export interface IPanelsServices {
  commands: ICommands;
  links: { leave: (link: string) => boolean; add: (kind: string, target: ILinkTarget) => void };
  restorer: ILayoutRestorer | null;
}

/** Define the command that opens panels of one kind and the links to them; JupyterLab restores the panels. */
export function definePanels<W extends MainAreaWidget>(
  app: JupyterFrontEnd,
  { commands, links, restorer }: IPanelsServices,
  options: IPanelsOptions<W>
): Panels<W> {
  const { kind, subjectOf = namedOrClicked(kind), argsOf = name => ({ name }), ...rest } = options;
  const { idOf = subject => `jp-MLPanel-${kind}-${subject}`, create, show, state, get, several, ...command } = rest;
  const panels = new Panels<W>(app, `jupyter-ml-${kind}`);
  const subjects = new WeakMap<W, string>();
  commands.add({
    isEnabled: args => subjectOf(args) !== undefined,
    ...command,
    args: options.subjectOf ? command.args : { ...command.args, ...CLICKED },
    execute: async args => {
      const subject = subjectOf(args);
      const link = `${kind}/${subject}`;
      if (!subject || links.leave(link)) return;
      const make = async (): Promise<W> => {
        const panel = await create(subject, args);
        subjects.set(panel, subject);
        return panel;
      };
      const panel = await panels.open(idOf(subject), make, link);
      await show?.(panel, args);
    }
  });
  links.add(kind, { get, several, open: names => commands.execute(options.id, argsOf(names.join())) });
  panels.restore(restorer, options.id, panel => ({ ...argsOf(subjects.get(panel) ?? ''), ...state?.(panel) }));
  return panels;
}
