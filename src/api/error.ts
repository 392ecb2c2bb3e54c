// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ServerConnection } from '@jupyterlab/services';

/** A failed request; the only error that the client throws. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  /**
   * @param message - A description for the user.
   * @param code - A stable identifier, e.g. `not_found`. The client adds `unreachable` if there was no response,
   * `absent` if the
   * server does not have the extension, `logged_out` if authentication is required, `not_loaded` if a JavaScript chunk
   * cannot be
   * loaded, and `unexpected` for errors of other origin.
   * @param status - The HTTP status; 0 if there was no response.
   * @param field - The invalid field of the request body, e.g. `parameters.alpha`.
   * @param current - The resource as it is now, if another one was changed.
   */
  constructor(
    message: string,
    readonly code: string,
    readonly status = 0,
    readonly field: string | null = null,
    readonly current: unknown = null
  ) {
    super(message);
  }

  /** Convert anything that was thrown to an ApiError. */
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
