// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { visible } from '../../components';
import { definePlugin } from '../../resources';
import { IJobManager, IJobSelection } from '../tokens';

type Args = ReadonlyPartialJSONObject;

/** Finds the jobs that a command acts on. */
export interface ITargets {
  /** Return the jobs that the arguments name, those under the context menu, or those that are selected. */
  names(args: Args): readonly string[];
  /** Return a single job, for commands that act on one. */
  name(args: Args): string | undefined;
  /** Return the row of that job from which the command was invoked, by the context menu or by the keyboard. */
  row(args: Args): HTMLElement | null;
  /** Return a label that contains the jobs where the context does not show them, e.g. in the command palette. */
  label(label: string, args: Args): string;
}

export const ITargets = new Token<ITargets>(
  'jupyter-ml:ITargets',
  'The jobs that a command acts on; for plugins that define commands.'
);

const targets = definePlugin({
  id: 'jupyter-ml:targets',
  description: 'Finds the jobs that a command acts on.',
  requires: { jobs: IJobManager, selection: IJobSelection },
  provides: ITargets,
  activate: (_, { jobs, selection, trans }): ITargets => new Targets(jobs, selection, trans)
});

export class Targets implements ITargets {
  constructor(
    private readonly _jobs: Pick<IJobManager, 'peek'>,
    private readonly _selection: IJobSelection,
    private readonly _trans: TranslationBundle
  ) {
    // rows are rendered again under an open menu, so the target is stored when the menu opens
    document.addEventListener('contextmenu', ({ target }) => this._remember(target as Element), true);
  }

  names(args: Args): readonly string[] {
    if (Array.isArray(args.names)) return args.names as string[];
    if (typeof args.name === 'string') return [args.name];
    return args.clicked ? this._clickedJobs : this._selection.names;
  }

  name(args: Args): string | undefined {
    return (args.clicked ? this._clickedJob : undefined) ?? this.names(args).at(-1);
  }

  row(args: Args): HTMLElement | null {
    const name = this.name(args);
    const list = args.clicked ? this._clickedList : document.activeElement;
    return name === undefined ? null : (list?.querySelector(`[data-ml-job="${CSS.escape(name)}"]`) ?? null);
  }

  label(label: string, args: Args): string {
    const { names } = this._selection;
    if (args.name !== undefined || args.names !== undefined || args.clicked || !names.length) return label;
    const [first] = names;
    const which = this._trans._n('%2', '%1 jobs', names.length, this._jobs.peek(first)?.display_name ?? first);
    return `${label} (${visible(which)})`;
  }

  private _remember(target: Element): void {
    const { names } = this._selection;
    const node = target.closest<HTMLElement>('[data-ml-job]');
    this._clickedJob = node?.dataset.mlJob;
    this._clickedList = node?.closest('[role=listbox], [role=grid]') ?? null;
    // a click on a selected row acts on the whole selection
    const isSelected = node?.getAttribute('aria-selected') === 'true' && names.includes(this._clickedJob ?? '');
    this._clickedJobs = isSelected ? names : this._clickedJob === undefined ? [] : [this._clickedJob];
  }

  private _clickedJob: string | undefined;
  private _clickedList: Element | null = null;
  private _clickedJobs: readonly string[] = [];
}

export default [targets];
