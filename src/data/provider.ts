// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { Contents } from '@jupyterlab/services';
import type { IContentProvider } from '@jupyterlab/services';

/** Name of the provider of files without their content. */
export const UNREAD = 'jupyter-ml-unread';

/** Provides files without their content, which may be larger than a browser can hold. */
export class UnreadProvider implements IContentProvider {
  /**
   * @param _contents - The contents of the server.
   * @param _refusal - The message with which saving is refused.
   */
  constructor(
    private readonly _contents: Contents.IManager,
    private readonly _refusal: string
  ) {}

  /** Return a file that seems to be empty, and cannot be saved. */
  async get(path: string): Promise<Contents.IModel> {
    const model = await this._contents.get(path, { content: false });
    return { ...model, type: 'file', format: 'text', content: '', writable: false };
  }

  save(): Promise<Contents.IModel> {
    return Promise.reject(new Error(this._refusal));
  }
}
