import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { IJobManager, IJobSelection } from '../managers';

type Args = ReadonlyPartialJSONObject;

/** The argument that items of context menus give, for the schema of a command's arguments. */
export const CLICKED = {
  clicked: { type: 'boolean', description: 'Whether the job that was right-clicked is meant' }
} as const;

/** Finds out which jobs a command is about, by where it is called from. */
export class Targets {
  constructor(
    private readonly _app: Pick<JupyterFrontEnd, 'contextMenuHitTest'>,
    private readonly _jobs: Pick<IJobManager, 'peek'>,
    private readonly _selection: IJobSelection,
    private readonly _trans: TranslationBundle
  ) {}

  /** The jobs that the arguments name; in a context menu those that were clicked; elsewhere those that are selected. */
  names(args: Args): readonly string[] {
    const { names: selected } = this._selection;
    if (Array.isArray(args.names)) return args.names as string[];
    if (typeof args.name === 'string') return [args.name];
    if (!args.clicked) return selected;
    const row = this._clicked;
    const name = row?.dataset.mlJob ?? '';
    // a click on one of the selected rows of a list is about all of them
    if (row?.getAttribute('aria-selected') === 'true' && selected.includes(name)) return selected;
    return name ? [name] : [];
  }

  /** The one job, for commands that are about one. */
  name(args: Args): string | undefined {
    return (args.clicked && this._clicked?.dataset.mlJob) || this.names(args).at(-1);
  }

  /** A label that names the jobs where nothing else shows which they are, as in the command palette. */
  label(label: string, args: Args): string {
    const { names } = this._selection;
    if (args.name !== undefined || args.names !== undefined || args.clicked || !names.length) return label;
    const [first] = names;
    const which = this._trans._n('%2', '%1 jobs', names.length, this._jobs.peek(first)?.display_name ?? first);
    return `${label} (${which})`;
  }

  private get _clicked(): HTMLElement | undefined {
    return this._app.contextMenuHitTest(({ dataset }) => dataset.mlJob !== undefined);
  }
}
