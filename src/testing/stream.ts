// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ServerConnection } from '@jupyterlab/services';
import type { Event } from '@jupyterlab/services';
import { Stream } from '@lumino/signaling';

import { Feed } from '../resources';

/** A WebSocket that a test opens and closes. */
class FakeSocket extends EventTarget {
  static last: FakeSocket;

  constructor() {
    super();
    FakeSocket.last = this;
  }
}

/** An event stream that a test controls. */
export class FakeStream {
  readonly feed: Feed;

  constructor() {
    const settings = ServerConnection.makeSettings({ WebSocket: FakeSocket as unknown as typeof WebSocket });
    this.feed = new Feed(settings, serverSettings => {
      new serverSettings.WebSocket('ws://localhost/');
      this._events = {
        serverSettings,
        isDisposed: false,
        stream: null as unknown as Event.Stream,
        emit: () => Promise.resolve(),
        dispose: () => this._stream.stop()
      };
      this._stream = new Stream(this._events);
      return Object.assign(this._events, { stream: this._stream });
    });
  }

  open(): void {
    FakeSocket.last.dispatchEvent(new globalThis.Event('open'));
  }

  close(): void {
    FakeSocket.last.dispatchEvent(new globalThis.Event('close'));
  }

  emit(kind: string, data: object): void {
    this._stream.emit({ schema_id: `https://events.jupyter.org/jupyter_ml/${kind}/v1`, ...data });
  }

  private _events!: Event.IManager;
  private _stream!: Stream<Event.IManager, Event.Emission>;
}
