// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ICommandPalette } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { Token } from '@lumino/coreutils';
import type { ReadonlyJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { withErrorDialog } from '../components';
import { definePlugin } from './plugin';

type Args = ReadonlyPartialJSONObject;

/** A command. */
export interface ICommand {
  /** The ID, e.g. `jupyter-ml:open-job`. */
  id: string;
  label: string | ((args: Args) => string);
  caption?: string;
  icon?: LabIcon;
  /** JSON schemas of the arguments, by name. */
  args?: Record<string, ReadonlyJSONObject>;
  isEnabled?: (args: Args) => boolean;
  /** Commands that cannot work are not shown. */
  isVisible?: (args: Args) => boolean;
  isToggled?: (args: Args) => boolean;
  /** Errors are shown in a dialog. */
  execute: (args: Args) => unknown;
  /** Whether the command palette lists the command. */
  palette?: boolean;
}

/** Defines commands. */
export interface ICommands {
  readonly registry: CommandRegistry;
  add(command: ICommand): void;
  /** Execute a command; its errors are shown in a dialog. */
  execute(id: string, args?: Args): void;
}

export const ICommands = new Token<ICommands>(
  'jupyter-ml:ICommands',
  'Defines commands: describes their arguments, lists them in the command palette, and shows errors.'
);

/** Defines commands in a registry. */
export class Commands implements ICommands {
  constructor(
    readonly registry: CommandRegistry,
    private readonly _palette: ICommandPalette | null,
    private readonly _trans: TranslationBundle
  ) {}

  add({ id, args = {}, palette = false, execute, ...options }: ICommand): void {
    const title = typeof options.label === 'string' ? options.label : options.label({});
    this.registry.addCommand(id, {
      ...options,
      describedBy: { args: { type: 'object', properties: args } },
      execute: args =>
        withErrorDialog(title, this._trans, async () => {
          if (isPaletteOpen()) await new Promise(done => setTimeout(done));
          return execute(args);
        })
    });
    if (palette) this._palette?.addItem({ command: id, category: this._trans.__('Machine Learning') });
  }

  execute(id: string, args?: Args): void {
    void this.registry.execute(id, args);
  }
}

/** Return whether a command is chosen in the palette, which then closes and returns the focus to the main area. */
const isPaletteOpen = (): boolean => !!document.activeElement?.closest('.jp-ModalCommandPalette');

export default [
  definePlugin({
    id: 'jupyter-ml:commands',
    description: 'Defines commands for other plugins.',
    optional: { palette: ICommandPalette },
    provides: ICommands,
    activate: ({ commands }, { palette, trans }): ICommands => new Commands(commands, palette, trans)
  })
];
