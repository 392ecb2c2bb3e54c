// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ServerConnection } from '@jupyterlab/services';

/** What went wrong between here and the server; the only error that the client throws. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  /**
   * @param message - A sentence for a person.
   * @param code - A word for a program, as `not_found`; `unreachable` where there was no answer, `absent` where the
   * server has no Jupyter ML, `logged_out` where it wants to know who asks, `not_loaded` where a part of the page is
   * missing, `unexpected` where it is none of ours.
   * @param status - The HTTP status; 0 where there was no answer.
   * @param field - Which field of what was sent is wrong, as `parameters.alpha`.
   */
  constructor(
    message: string,
    readonly code: string,
    readonly status = 0,
    readonly field: string | null = null
  ) {
    super(message);
  }

  /** Make an ApiError of whatever was thrown. */
  static from(reason: unknown): ApiError {
    if (reason instanceof ApiError) return reason;
    if (!(reason instanceof Error)) return new ApiError(String(reason), 'unexpected');
    return new ApiError(reason.message, codeOf(reason));
  }
}

function codeOf(reason: Error): string {
  if (reason instanceof ServerConnection.NetworkError) return 'unreachable';
  return reason.name === 'ChunkLoadError' ? 'not_loaded' : 'unexpected';
}
