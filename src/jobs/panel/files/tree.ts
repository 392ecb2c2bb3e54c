// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { RequestOrder } from '../../../api';
import type { JobFile } from '../../../api';
import type { IFilePage, IFileSource } from './source';

/** A row of the tree. */
export type TreeRow =
  | { kind: 'file' | 'directory'; depth: number; file: JobFile }
  /** The rest of a directory, which is loaded when the row is shown. */
  | { kind: 'more'; depth: number; parent: string };

interface IDirectory {
  items: JobFile[];
  truncated: boolean;
}

const PAGE = 1_000;
const MAX_PAGE = 10_000;

/** Directories that have been opened, and the rows that they have. */
export class Tree {
  constructor(private readonly _source: IFileSource) {}

  get rows(): readonly TreeRow[] {
    return this._rows;
  }

  isOpen(path: string): boolean {
    return this._open.has(path);
  }

  find(path: string | null): JobFile | undefined {
    const row = this._rows.find(each => each.kind !== 'more' && each.file.path === path);
    return row && row.kind !== 'more' ? row.file : undefined;
  }

  /** The content of a directory; undefined if it was not loaded. */
  items(path: string): readonly JobFile[] | undefined {
    return this._directories.get(path)?.items;
  }

  /** Fetch a directory, or again as much of it as was loaded, and return the response. */
  async load(path: string): Promise<IFilePage> {
    const known = this._directories.get(path)?.items.length ?? 0;
    return this._fetch(path, 0, Math.min(MAX_PAGE, Math.max(PAGE, known)));
  }

  /** Fetch the next page of a directory. */
  async loadMore(path: string): Promise<void> {
    const known = this._directories.get(path);
    if (!known?.truncated) return;
    await this._fetch(path, known.items.length, PAGE, known.items);
  }

  async open(path: string): Promise<void> {
    this._open.add(path);
    if (this._directories.has(path)) this._update();
    else await this.load(path);
  }

  close(path: string): void {
    this._open.delete(path);
    this._update();
  }

  /** Fetch the open directories again. */
  async refresh(): Promise<IFilePage> {
    const top = await this.load('');
    for (const path of [...this._open].sort((left, right) => left.length - right.length)) {
      if (this._isListed(path)) await this.load(path);
      else this._open.delete(path);
    }
    this._update();
    return top;
  }

  /** Return whether a directory is still there, as of when the one above it was fetched. */
  private _isListed(path: string): boolean {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    return this.items(parent)?.some(file => file.directory && file.path === path) ?? false;
  }

  /** Fetch a part of a directory, and store it after the files `before` it, unless a later response has come. */
  private async _fetch(path: string, offset: number, limit: number, before: JobFile[] = []): Promise<IFilePage> {
    const order = this._orders.get(path) ?? new RequestOrder();
    this._orders.set(path, order);
    const isNewest = order.next();
    const found = await this._source.list({ path, offset, limit, recursive: false });
    if (isNewest()) {
      this._directories.set(path, { items: [...before, ...found.items], truncated: found.truncated });
      this._update();
    }
    return found;
  }

  private _update(): void {
    this._rows = this._below('', 0);
  }

  private _below(path: string, depth: number): TreeRow[] {
    const directory = this._directories.get(path);
    if (!directory) return [];
    const rows = directory.items.flatMap((file): TreeRow[] => [
      { kind: file.directory ? 'directory' : 'file', depth, file },
      ...(file.directory && this._open.has(file.path) ? this._below(file.path, depth + 1) : [])
    ]);
    return directory.truncated ? [...rows, { kind: 'more', depth, parent: path }] : rows;
  }

  private readonly _directories = new Map<string, IDirectory>();
  private readonly _orders = new Map<string, RequestOrder>();
  private readonly _open = new Set<string>();
  private _rows: readonly TreeRow[] = [];
}
