// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { KindInfo } from '../api';
import { CLICKED, ContextTarget } from '../resources';
import type { ICommands, IKinds } from '../resources';
import { ResourceCommands } from './commands';
import { capitalized } from './kindSection';
import type { IResources } from './operations';

type Args = ReadonlyPartialJSONObject;
type Operation = keyof typeof ResourceCommands;

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
    this._add('archive', false);
    this._add('restore', true);
    this._add('delete');
  }

  /** Return the commands for the context menu of a kind's rows. */
  menu(kind: KindInfo): string[] {
    this._targets.set(kind.name, new ContextTarget(kind.name));
    const operations = Object.keys(ResourceCommands) as Operation[];
    return operations.filter(each => kind.operations.includes(each)).map(each => ResourceCommands[each]);
  }

  /**
   * @param archived - Whether the command is shown for archived resources or for others; for both if absent.
   */
  private _add(operation: Operation, archived?: boolean): void {
    this._commands.add({
      id: ResourceCommands[operation],
      label: args => labelOf(operation, this._kindOf(args), this._trans),
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
        if (!resources) return;
        const operations = await import('./operations');
        await operations[operation](resources, this._kinds, this._trans);
      }
    });
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

  private readonly _targets = new Map<string, ContextTarget>();
}

/** Return the label of the command for an operation. */
export function labelOf(operation: Operation, kind: KindInfo | undefined, trans: TranslationBundle): string {
  const title = kind ? capitalized(kind.title) : trans.__('Resource');
  if (operation === 'archive') return trans.__('Archive %1', title);
  return operation === 'restore' ? trans.__('Restore %1', title) : trans.__('Delete %1…', title);
}
