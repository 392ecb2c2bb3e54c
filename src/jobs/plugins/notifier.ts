// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Notification } from '@jupyterlab/apputils';
import type { IStateDB } from '@jupyterlab/statedb';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Debouncer } from '@lumino/polling';

import type { Job } from '../../api';
import { formatCount, formatDuration, visible } from '../../components';
import type { ICommands } from '../../resources';
import { SidebarCommands } from '../../sidebar';
import { JobCommands } from '../commands';
import { labelOf } from '../naming';
import { countStates, elapsed } from '../state';
import type { IJobChange, IJobManager } from '../tokens';

const STATE_KEY = 'jupyter-ml:notifications';
const GATHER_MS = 500;
const SUCCESS_MS = 8_000;
const FAILURE_MS = 20_000;
/** The number of jobs that a digest counts. */
const DIGEST = 100;

/** Services that the notifier uses. */
export interface INotifierTools {
  jobs: IJobManager;
  commands: ICommands;
  /** Stores up to when the user was notified. */
  state: IStateDB | null;
  /** Return whether the panel of a job is visible. */
  isVisible: (name: string) => boolean;
  trans: TranslationBundle;
}

/**
 * Notifies about jobs that have ended: not about those whose panel is visible, with one notification for a series of
 * jobs, and with a digest when the user returns.
 */
export class Notifier {
  completed = true;
  failed = true;

  constructor(private readonly _tools: INotifierTools) {
    _tools.jobs.stateChanged.connect(this._onChanged, this);
    document.addEventListener('visibilitychange', () => void this._debouncer.invoke());
  }

  /** Notify about the jobs that ended while the page was closed. */
  async catchUp(): Promise<void> {
    const { state, jobs, trans } = this._tools;
    const seen = (await state?.fetch(STATE_KEY)) as string | undefined;
    const { items } = await jobs.api.get('/jobs', {
      params: { query: { states: ['Completed', 'Failed'], sort: 'ended_at', limit: DIGEST } }
    });
    this._seen = seen ?? null;
    await this._remember(items);
    if (seen === undefined) return;
    const missed = items.filter(job => this._isWanted(job.state) && (job.ended_at ?? '') > seen);
    if (missed.length === 1) this._id = this._notifyOne(missed[0]);
    else if (missed.length) {
      const count = this._count(missed, 0);
      const text = missed.length < DIGEST ? count : trans.__('%1, and others', count);
      this._id = this._emit(trans.__('While you were away: %1', text), missed);
    }
  }

  private _onChanged(_: IJobManager, { name, state }: IJobChange): void {
    if (!this._isWanted(state) || (!document.hidden && this._tools.isVisible(name))) return;
    this._ended.add(name);
    void this._debouncer.invoke();
  }

  private _isWanted(state: Job['state']): boolean {
    return (this.completed && state === 'Completed') || (this.failed && state === 'Failed');
  }

  private async _notify(): Promise<void> {
    if (!this._ended.size || document.hidden) return; // on return
    const names = [...this._ended];
    this._ended.clear();
    const { jobs } = this._tools;
    const ended = (await Promise.all(names.map(name => jobs.get(name).catch(() => null)))).filter(job => job !== null);
    const { jobs: counts } = await jobs.api.get('/workspace');
    const { running, queued } = countStates(counts);
    const isOpen = this._id !== null && Notification.manager.has(this._id);
    this._series = isOpen ? [...this._series, ...ended] : ended;
    if (this._series.length === 1) this._id = this._notifyOne(this._series[0]);
    else if (this._series.length) this._id = this._emit(this._count(this._series, running + queued), this._series);
    if (!running && !queued) {
      this._id = null; // the next job begins a new series
      this._series = [];
    }
    await this._remember(ended);
  }

  private _notifyOne(job: Job): string {
    const { trans, commands } = this._tools;
    const title = visible(labelOf(job));
    const seconds = elapsed(job, Date.now());
    const open = (): void => commands.execute(JobCommands.open, { name: job.name });
    const actions = [{ label: trans.__('Open'), callback: open }];
    if (job.state === 'Failed') {
      const why = job.cause?.message ?? trans.__('unknown cause');
      return Notification.error(trans.__('%1 failed: %2', title, visible(why)), { actions, autoClose: FAILURE_MS });
    }
    const message =
      seconds === null
        ? trans.__('%1 completed', title)
        : trans.__('%1 completed in %2', title, formatDuration(seconds));
    return Notification.success(message, { actions, autoClose: SUCCESS_MS });
  }

  /** Show a summary, in place of the notification of the series if there is one. */
  private _emit(message: string, jobs: readonly Job[]): string {
    const { trans, commands } = this._tools;
    const failed = jobs.some(({ state }) => state === 'Failed');
    const show = (): void =>
      void (commands.registry.isToggled(SidebarCommands.show) || commands.execute(SidebarCommands.show));
    const type = failed ? 'warning' : 'success';
    const options = {
      actions: [{ label: trans.__('Show'), callback: show }],
      autoClose: failed ? FAILURE_MS : SUCCESS_MS
    };
    if (this._id !== null && Notification.update({ id: this._id, message, type, ...options })) return this._id;
    return Notification.emit(message, type, options);
  }

  /** Return how many jobs have ended; `active` others are not finished. */
  private _count(jobs: readonly Job[], active: number): string {
    const { trans } = this._tools;
    const failed = jobs.filter(({ state }) => state === 'Failed').length;
    const completed = jobs.length - failed;
    const total = jobs.length + active;
    const text = active
      ? trans.__('%1 of %2 jobs completed', formatCount(completed), formatCount(total))
      : trans._n('%2 job completed', '%2 jobs completed', completed, formatCount(completed));
    return failed ? trans.__('%1, %2 failed', text, formatCount(failed)) : text;
  }

  /** Store up to when the user was notified, by the clock of the server. */
  private async _remember(jobs: readonly Job[]): Promise<void> {
    const times = jobs.flatMap(({ ended_at }) => ended_at ?? []);
    const latest = [this._seen ?? '', ...times].sort().at(-1)!;
    if (latest === this._seen) return;
    this._seen = latest;
    await this._tools.state?.save(STATE_KEY, latest);
  }

  private readonly _ended = new Set<string>();
  private readonly _debouncer = new Debouncer(() => this._notify(), GATHER_MS);
  private _series: Job[] = [];
  private _id: string | null = null;
  /** Null until a page has stored it: also a page without jobs does, or there was no digest after the first one. */
  private _seen: string | null = null;
}
