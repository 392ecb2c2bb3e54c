// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

/** The order of requests for the same thing: their responses overtake each other. */
export class RequestOrder {
  /** Start a request, and return a function that returns whether its response is newer than all that have come. */
  next(): () => boolean {
    const number = ++this._sent;
    return () => {
      if (number <= this._received) return false;
      this._received = number;
      return true;
    };
  }

  private _sent = 0;
  private _received = 0;
}
