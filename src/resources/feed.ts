// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { EventManager } from '@jupyterlab/services';
import type { Event, ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

/** The schema of the events of a kind. */
const SCHEMA = /^https:\/\/events\.jupyter\.org\/jupyter_ml\/(\w+)\/v1$/;
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

  /** Return the signal that is emitted with the events of a kind, e.g. `job`. */
  changed<E extends object>(kind: string): ISignal<this, E> {
    let signal = this._signals.get(kind);
    if (!signal) this._signals.set(kind, (signal = new Signal<this, object>(this)));
    return signal as unknown as ISignal<this, E>;
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
    const [, kind] = SCHEMA.exec(event.schema_id) ?? [];
    if (kind) this._signals.get(kind)?.emit(event);
  }

  private readonly _events: Event.IManager;
  private readonly _poll: Poll;
  private readonly _signals = new Map<string, Signal<this, object>>();
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
