// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Dialog, Notification, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { KindInfo } from '../api';
import { visible, withErrorDialog } from '../components';
import { CLICKED, ContextTarget } from '../resources';
import type { ICommands, IKinds } from '../resources';
import { ResourceCommands } from './commands';
import { capitalized } from './kindSection';

type Args = ReadonlyPartialJSONObject;

const ARGS = {
  kind: { type: 'string', description: 'The kind of the resources, e.g. experiment' },
  names: { type: 'array', items: { type: 'string' }, description: 'Their names' },
  ...CLICKED
} as const;

/** Defines the commands that all kinds of resources share. */
export class KindCommands {
  constructor(
    private readonly _kinds: IKinds,
    private readonly _commands: ICommands,
    private readonly _trans: TranslationBundle
  ) {
    this._add('archive', names => this._archive(names), false);
    this._add('restore', names => this._each(names, 'restore'), true);
    this._add('delete', names => this._delete(names));
  }

  /** Return the commands for the context menu of a kind's rows. */
  menu(kind: KindInfo): string[] {
    this._targets.set(kind.name, new ContextTarget(kind.name));
    const operations = Object.keys(ResourceCommands) as (keyof typeof ResourceCommands)[];
    return operations.filter(each => kind.operations.includes(each)).map(each => ResourceCommands[each]);
  }

  /**
   * @param archived - Whether the command is shown for archived resources or for others; for both if absent.
   */
  private _add(
    operation: keyof typeof ResourceCommands,
    execute: (resources: IResources) => Promise<unknown>,
    archived?: boolean
  ): void {
    this._commands.add({
      id: ResourceCommands[operation],
      label: args => this._label(operation, this._kindOf(args)),
      args: ARGS,
      isEnabled: args => this._resources(args) !== undefined,
      isVisible: args => {
        const resources = this._resources(args);
        if (archived === undefined || !resources) return true;
        const [name] = resources.names;
        return (this._kinds.manager(resources.kind.name).peek(name)?.archived ?? false) === archived;
      },
      execute: async args => {
        const resources = this._resources(args);
        if (resources) await execute(resources);
      }
    });
  }

  private _label(operation: keyof typeof ResourceCommands, kind?: KindInfo): string {
    const title = kind ? capitalized(kind.title) : this._trans.__('Resource');
    if (operation === 'archive') return this._trans.__('Archive %1', title);
    return operation === 'restore' ? this._trans.__('Restore %1', title) : this._trans.__('Delete %1…', title);
  }

  private _kindOf({ kind }: Args): KindInfo | undefined {
    return this._kinds.all.find(({ name }) => name === kind);
  }

  private _resources(args: Args): IResources | undefined {
    const kind = this._kindOf(args);
    const clicked = args.clicked && kind ? this._targets.get(kind.name)?.name : undefined;
    const names = args.clicked
      ? clicked === undefined
        ? []
        : [clicked]
      : ((args.names as string[] | undefined) ?? []);
    return kind && names.length ? { kind, names } : undefined;
  }

  private async _each({ kind, names }: IResources, operation: 'archive' | 'restore' | 'delete'): Promise<void> {
    const manager = this._kinds.manager(kind.name);
    for (const name of names) await manager[operation](name);
  }

  private async _archive(resources: IResources): Promise<void> {
    const { _trans: trans } = this;
    await this._each(resources, 'archive');
    const restore = (): Promise<unknown> => this._each(resources, 'restore');
    const undo = (): void => void withErrorDialog(this._label('restore', resources.kind), trans, restore);
    Notification.info(trans.__('%1 is archived', visible(resources.names.join(', '))), {
      autoClose: 5_000,
      actions: [{ label: trans.__('Undo'), callback: undo }]
    });
  }

  private async _delete(resources: IResources): Promise<void> {
    const { _trans: trans } = this;
    const names = visible(resources.names.join(', '));
    const answer = await showDialog({
      title: this._label('delete', resources.kind).replace('…', ''),
      body: resources.kind.versioned
        ? trans.__('Delete %1 with all versions? This cannot be undone.', names)
        : trans.__('Delete %1? This cannot be undone.', names),
      buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Delete') })],
      defaultButton: 0
    });
    if (answer.button.accept) await this._each(resources, 'delete');
  }

  private readonly _targets = new Map<string, ContextTarget>();
}

interface IResources {
  kind: KindInfo;
  names: readonly string[];
}
