// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Debouncer } from '@lumino/polling';
import type { CommandRegistry } from '@lumino/commands';

import type { Job } from '../api';
import { CommandIDs } from '../commands';
import { elapsed, formatDuration, visible } from '../components';
import { IJobManager } from '../managers';
import type { IJobChange } from '../managers';

const ID = 'jupyter-ml:notifications';
const GATHER_MS = 500;
const SINGLE = 3;
const SUCCESS_MS = 8_000;

const notifications: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Says when a job has completed or failed.',
  autoStart: true,
  requires: [ITranslator, IJobManager],
  optional: [ISettingRegistry],
  activate: (
    app: JupyterFrontEnd,
    translator: ITranslator,
    jobs: IJobManager,
    registry: ISettingRegistry | null
  ): void => {
    const notifier = new Notifier(jobs, app.commands, translator.load('jupyter_ml'));
    void registry?.load(ID).then(settings => {
      const read = (): void => {
        notifier.completed = settings.get('completed').composite as boolean;
        notifier.failed = settings.get('failed').composite as boolean;
      };
      settings.changed.connect(read);
      read();
    });
  }
};

/** Gathers what ends at about the same time: hundred jobs of a loop are one piece of news. */
class Notifier {
  completed = true;
  failed = true;

  constructor(
    private readonly _jobs: IJobManager,
    private readonly _commands: CommandRegistry,
    private readonly _trans: TranslationBundle
  ) {
    _jobs.stateChanged.connect(this._onChanged, this);
  }

  private _onChanged(_: IJobManager, change: IJobChange): void {
    const wanted = (this.completed && change.state === 'Completed') || (this.failed && change.state === 'Failed');
    if (!wanted) return;
    this._ended.set(change.name, change);
    void this._soon.invoke();
  }

  private async _tell(): Promise<void> {
    const ended = [...this._ended.values()];
    this._ended.clear();
    if (ended.length > SINGLE) this._tellSum(ended);
    else await Promise.all(ended.map(change => this._fetch(change).then(job => this._tellOne(change, job))));
  }

  /** What there is to say is said also where no more is to be had. */
  private _fetch({ name }: IJobChange): Promise<Job | null> {
    return this._jobs.get(name).catch(() => null);
  }

  private _tellOne({ name, display_name, state }: IJobChange, job: Job | null): void {
    const { _trans: trans, _commands: commands } = this;
    const title = visible(display_name);
    const actions = [{ label: trans.__('Open'), callback: () => void commands.execute(CommandIDs.openJob, { name }) }];
    if (state === 'Failed') {
      const why = job?.cause?.message ?? trans.__('no cause was reported');
      Notification.error(trans.__('%1 failed: %2', title, visible(why)), { actions, autoClose: false });
      return;
    }
    const seconds = job && elapsed(job, Date.now());
    const message =
      seconds === null
        ? trans.__('%1 has completed', title)
        : trans.__('%1 has completed in %2', title, formatDuration(seconds));
    Notification.success(message, { actions, autoClose: SUCCESS_MS });
  }

  private _tellSum(ended: IJobChange[]): void {
    const { _trans: trans, _commands: commands } = this;
    const failed = ended.filter(({ state }) => state === 'Failed').length;
    const actions = [{ label: trans.__('Show'), callback: () => void commands.execute(CommandIDs.showSidebar) }];
    const message = trans.__('%1 jobs have completed, %2 have failed', ended.length - failed, failed);
    Notification.emit(message, failed ? 'warning' : 'success', { actions, autoClose: SUCCESS_MS });
  }

  private readonly _ended = new Map<string, IJobChange>();
  private readonly _soon = new Debouncer(() => this._tell(), GATHER_MS);
}

export default [notifications];
