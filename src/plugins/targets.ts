// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ITranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Token } from '@lumino/coreutils';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import { visible } from '../components';
import { IJobManager, IJobSelection } from '../managers';

type Args = ReadonlyPartialJSONObject;

/** The argument that items of context menus give, for the schema of a command's arguments. */
export const CLICKED = {
  clicked: { type: 'boolean', description: 'Whether what was right-clicked is meant' }
} as const;

/** Finds out which jobs and experiments a command is about, by where it is called from. */
export interface ITargets {
  /** The jobs that the arguments name; in a context menu those that were clicked; elsewhere those that are selected. */
  names(args: Args): readonly string[];
  /** The one job, for commands that are about one. */
  name(args: Args): string | undefined;
  /** The experiment that the arguments name, or that was clicked. */
  experiment(args: Args): string | undefined;
  /** A label that names the jobs where nothing else shows which they are, as in the command palette. */
  label(label: string, args: Args): string;
}

export const ITargets = new Token<ITargets>(
  'jupyter-ml:ITargets',
  'What commands are about; for plugins that define commands.'
);

const targets: JupyterFrontEndPlugin<ITargets> = {
  id: 'jupyter-ml:targets',
  description: 'Finds out which jobs a command is about.',
  autoStart: true,
  requires: [ITranslator, IJobManager, IJobSelection],
  provides: ITargets,
  activate: (_: JupyterFrontEnd, translator: ITranslator, jobs: IJobManager, selection: IJobSelection): ITargets =>
    new Targets(jobs, selection, translator.load('jupyter_ml'))
};

export class Targets implements ITargets {
  constructor(
    private readonly _jobs: Pick<IJobManager, 'peek'>,
    private readonly _selection: IJobSelection,
    private readonly _trans: TranslationBundle
  ) {
    // rows and views change under an open menu: what was clicked is remembered, not looked up when an item is chosen
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

  experiment({ name, clicked }: Args): string | undefined {
    return clicked ? this._clickedExperiment : (name as string | undefined);
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
    this._clickedExperiment = target.closest<HTMLElement>('[data-ml-experiment]')?.dataset.mlExperiment;
    this._clickedJob = node?.dataset.mlJob;
    // a click on one of the selected rows of a list is about all of them
    const isSelected = node?.getAttribute('aria-selected') === 'true' && names.includes(this._clickedJob ?? '');
    this._clickedJobs = isSelected ? names : this._clickedJob === undefined ? [] : [this._clickedJob];
  }

  private _clickedExperiment: string | undefined;
  private _clickedJob: string | undefined;
  private _clickedJobs: readonly string[] = [];
}

export default [targets];
