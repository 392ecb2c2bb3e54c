// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { EventManager } from '@jupyterlab/services';
import type { Event, ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import type { ExperimentChanged, JobChanged, JobProgressed } from '../api';

const SCHEMAS = 'https://events.jupyter.org/jupyter_ml/';
const POLL_MS = 3_000;

/**
 * Receives the events of the server extension.
 *
 * The application's EventManager does not expose whether it is connected, and stops reconnecting while the browser's
 * tab
 * is hidden, which is when notifications matter most. Therefore this class has its own, with an observed WebSocket.
 */
export class Feed implements IDisposable {
  constructor(
    settings: ServerConnection.ISettings,
    open: (settings: ServerConnection.ISettings) => Event.IManager = listen
  ) {
    this._events = open({ ...settings, WebSocket: observed(settings.WebSocket, live => this._setLive(live)) });
    this._events.stream.connect(this._onEvent, this);
    this._poll = new Poll({
      auto: false,
      factory: () => Promise.resolve(this._stale.emit()),
      frequency: { interval: POLL_MS, backoff: true, max: 10 * POLL_MS },
      name: 'jupyter-ml:feed'
    });
  }

  /** Emitted with each change of a job. */
  get job(): ISignal<this, JobChanged> {
    return this._job;
  }

  /** Emitted when a running job has written to its event log. */
  get eventLog(): ISignal<this, JobProgressed> {
    return this._eventLog;
  }

  /** Emitted with each change of an experiment. */
  get experiment(): ISignal<this, ExperimentChanged> {
    return this._experiment;
  }

  /** Emitted when events may have been missed: fetch all visible data again. */
  get stale(): ISignal<this, void> {
    return this._stale;
  }

  get liveChanged(): ISignal<this, boolean> {
    return this._liveChanged;
  }

  /** Whether the stream is connected, or connecting for the first time. */
  get live(): boolean {
    return this._live !== false;
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  /** Emit `stale`. */
  refresh(): void {
    this._stale.emit();
  }

  dispose(): void {
    if (this.isDisposed) return;
    this._poll.dispose();
    this._events.dispose();
    Signal.clearData(this);
  }

  private _setLive(live: boolean): void {
    if (this.isDisposed || live === this._live) return;
    this._live = live;
    if (live) void this._poll.stop();
    else void this._poll.start();
    this._liveChanged.emit(live);
    if (live) this._stale.emit();
  }

  private _onEvent(_: unknown, event: Event.Emission): void {
    const data = event as unknown;
    if (event.schema_id === `${SCHEMAS}job/v1`) this._job.emit(data as JobChanged);
    else if (event.schema_id === `${SCHEMAS}job_progress/v1`) this._eventLog.emit(data as JobProgressed);
    else if (event.schema_id === `${SCHEMAS}experiment/v1`) this._experiment.emit(data as ExperimentChanged);
  }

  private readonly _events: Event.IManager;
  private readonly _poll: Poll;
  private readonly _job = new Signal<this, JobChanged>(this);
  private readonly _eventLog = new Signal<this, JobProgressed>(this);
  private readonly _experiment = new Signal<this, ExperimentChanged>(this);
  private readonly _stale = new Signal<this, void>(this);
  private readonly _liveChanged = new Signal<this, boolean>(this);
  private _live: boolean | null = null;
}

function listen(serverSettings: ServerConnection.ISettings): EventManager {
  return new EventManager({ serverSettings, standby: 'never' });
}

/** Subclass WebSocket to report whether it is open. */
function observed(Base: typeof WebSocket, report: (open: boolean) => void): typeof WebSocket {
  return class extends Base {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('open', () => report(true));
      this.addEventListener('close', () => report(false));
    }
  };
}
