// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Notification } from '@jupyterlab/apputils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Debouncer } from '@lumino/polling';

import type { Job } from '../../api';
import { formatDuration, visible } from '../../components';
import { definePlugin, ICommands } from '../../resources';
import { SidebarCommands } from '../../sidebar';
import { JobCommands } from '../commands';
import { elapsed } from '../state';
import { IJobManager } from '../tokens';
import type { IJobChange } from '../tokens';

const ID = 'jupyter-ml:notifications';
const GATHER_MS = 500;
const SINGLE = 3;
const SUCCESS_MS = 8_000;

const notifications = definePlugin({
  id: ID,
  description: 'Notifies when a job completes or fails.',
  requires: { commands: ICommands, jobs: IJobManager },
  optional: { registry: ISettingRegistry },
  activate: (_, { commands, jobs, registry, trans }): void => {
    const notifier = new Notifier(jobs, commands, trans);
    void registry?.load(ID).then(settings => {
      const read = (): void => {
        notifier.completed = settings.get('completed').composite as boolean;
        notifier.failed = settings.get('failed').composite as boolean;
      };
      settings.changed.connect(read);
      read();
    });
  }
});

/** Groups jobs that end at about the same time, e.g. of a loop, into one notification. */
class Notifier {
  completed = true;
  failed = true;

  constructor(
    private readonly _jobs: IJobManager,
    private readonly _commands: ICommands,
    private readonly _trans: TranslationBundle
  ) {
    _jobs.stateChanged.connect(this._onChanged, this);
  }

  private _onChanged(_: IJobManager, change: IJobChange): void {
    const wanted = (this.completed && change.state === 'Completed') || (this.failed && change.state === 'Failed');
    if (!wanted) return;
    this._ended.set(change.name, change);
    void this._debouncer.invoke();
  }

  private async _notify(): Promise<void> {
    const ended = [...this._ended.values()];
    this._ended.clear();
    if (ended.length > SINGLE) this._notifySummary(ended);
    else await Promise.all(ended.map(change => this._fetch(change).then(job => this._notifyOne(change, job))));
  }

  /** Fetch a job; null if that fails, because there is a notification in any case. */
  private _fetch({ name }: IJobChange): Promise<Job | null> {
    return this._jobs.get(name).catch(() => null);
  }

  private _notifyOne({ name, display_name, state }: IJobChange, job: Job | null): void {
    const { _trans: trans, _commands: commands } = this;
    const title = visible(display_name);
    const actions = [{ label: trans.__('Open'), callback: () => commands.execute(JobCommands.open, { name }) }];
    if (state === 'Failed') {
      const why = job?.cause?.message ?? trans.__('unknown cause');
      Notification.error(trans.__('%1 failed: %2', title, visible(why)), { actions, autoClose: false });
      return;
    }
    const seconds = job && elapsed(job, Date.now());
    const message =
      seconds === null
        ? trans.__('%1 completed', title)
        : trans.__('%1 completed in %2', title, formatDuration(seconds));
    Notification.success(message, { actions, autoClose: SUCCESS_MS });
  }

  private _notifySummary(ended: IJobChange[]): void {
    const { _trans: trans, _commands: commands } = this;
    const failed = ended.filter(({ state }) => state === 'Failed').length;
    const actions = [{ label: trans.__('Show'), callback: () => commands.execute(SidebarCommands.show) }];
    const message = trans.__('%1 jobs completed, %2 failed', ended.length - failed, failed);
    Notification.emit(message, failed ? 'warning' : 'success', { actions, autoClose: SUCCESS_MS });
  }

  private readonly _ended = new Map<string, IJobChange>();
  private readonly _debouncer = new Debouncer(() => this._notify(), GATHER_MS);
}

export default [notifications];
