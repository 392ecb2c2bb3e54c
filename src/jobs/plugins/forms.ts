// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';

import { Panels } from '../../resources';
import type { ICommands } from '../../resources';
import { SidebarCommands } from '../../sidebar';
import type { ILinks } from '../../workspace';
import { JobCommands } from '../commands';
import { jobOf } from '../drive';
import { makeFormPanel } from '../form';
import type { IFormSource } from '../form';
import type { IJobManager, IJobSelection } from '../tokens';
import { OpenNotebooks } from './openNotebooks';
import { save } from './saveDialog';

/** Services that the forms use. */
export interface IFormServices {
  commands: ICommands;
  jobs: IJobManager;
  selection: IJobSelection;
  links: ILinks;
  documents: IDocumentManager;
  state: IStateDB | null;
  notebooks: INotebookTracker | null;
  trans: TranslationBundle;
}

/** Opens forms in the main area; beside the document if the page has no tabs. */
export class Forms {
  constructor(
    app: JupyterFrontEnd,
    private readonly _services: IFormServices
  ) {
    this._panels = new Panels(app, 'jupyter-ml-form', _services.links.hasTabs ? 'main' : 'right');
  }

  /** Open the form of a file; of a job's own file, that of the job. */
  async run(path: string): Promise<void> {
    const job = jobOf(path);
    if (job !== null) await this.show({ job });
    else if (await this._saved(path)) await this.show({ path });
  }

  /** Open the form for the selected cells of a notebook. */
  async runCells({ content, context: { path } }: NotebookPanel): Promise<void> {
    const cells = content.selectedCells.filter(({ model }) => model.type === 'code').map(({ model }) => model.id);
    if (cells.length && (await this._saved(path))) await this.show({ path, cells });
  }

  async show(source: IFormSource): Promise<void> {
    const { jobs, state, documents, notebooks, trans } = this._services;
    await this._panels.open(`jp-MLForm-${JSON.stringify(source)}`, () => {
      const tools = {
        jobs,
        state,
        saved: this._saved,
        notebooks: notebooks && new OpenNotebooks(notebooks, documents),
        done: this._onSubmitted
      };
      const inputs = freeId(this._panels.tracker);
      const panel = makeFormPanel(source, inputs, tools, trans);
      panel.node.dataset.inputs = inputs;
      return panel;
    });
  }

  /** Show a job that was submitted: its panel, or its row if that would be on another page. */
  private readonly _onSubmitted = ({ name }: { name: string }): void => {
    const { commands, selection, links } = this._services;
    if (links.hasTabs) return commands.execute(JobCommands.open, { name });
    selection.set([name]);
    commands.execute(SidebarCommands.show);
  };

  private readonly _saved = (path: string): Promise<boolean> =>
    save(path, this._services.documents, this._services.trans);
  private readonly _panels: Panels<MainAreaWidget>;
}

/** Return an unused prefix for the IDs of a form's inputs; the first open form has `root`. */
function freeId(tracker: WidgetTracker<MainAreaWidget>): string {
  const taken = new Set<string | undefined>();
  tracker.forEach(panel => taken.add(panel.node.dataset.inputs));
  let id = 'root';
  for (let count = 2; taken.has(id); count++) id = `root${count}`;
  return id;
}
