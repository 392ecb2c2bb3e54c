// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError, RequestOrder } from '../../../api';
import type { JobFile, OutsideFiles } from '../../../api';
import { readPreview, release } from './preview/read';
import type { Preview } from './preview/read';
import type { IFileSource } from './source';
import { Tree } from './tree';

/** The tree of files, and a preview of the selected one. */
export class FilesModel {
  constructor(readonly source: IFileSource) {
    this.tree = new Tree(source);
  }

  readonly tree: Tree;

  /** Whether the first response has come. */
  get isLoaded(): boolean {
    return this._isLoaded;
  }

  /** Files outside of `outputs/`; null while the job runs. */
  get outside(): OutsideFiles | null {
    return this._outside;
  }

  /** What the server could not read, e.g. an artifact store. */
  get problems(): readonly string[] {
    return this._problems;
  }

  get error(): ApiError | null {
    return this._error;
  }

  get selected(): JobFile | null {
    return this.tree.find(this._selected) ?? null;
  }

  /** Null while it is loading. */
  get preview(): Preview | null {
    return this._preview;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  url(file: JobFile): string {
    return file.directory ? this.source.archiveUrl(file.path) : this.source.url(file.path);
  }

  async refresh(): Promise<void> {
    const before = this.selected;
    const isNewest = this._order.next();
    await this._act(async () => {
      const { outside = null, problems } = await this.tree.refresh();
      if (isNewest()) [this._isLoaded, this._outside, this._problems] = [true, outside, problems];
      if (!this._isChosen) await this._selectDefault();
    });
    const now = this.selected;
    if (now && !this._isDisposed && (now.path !== before?.path || isOther(now, before))) this._load(now);
  }

  /** Show a file or directory. */
  select(path: string): void {
    this._isChosen = true;
    if (path === this._selected) return;
    this._selected = path;
    this._preview = null;
    this._changed.emit();
    const file = this.selected;
    if (file) this._load(file);
  }

  /** Open or close a directory. */
  toggle(path: string): void {
    this._isChosen = true;
    void this._act(async () => {
      if (this.tree.isOpen(path)) this.tree.close(path);
      else await this.tree.open(path);
    });
  }

  loadMore(path: string): void {
    void this._act(() => this.tree.loadMore(path));
  }

  dispose(): void {
    this._isDisposed = true;
    release(this._preview);
    Signal.clearData(this);
  }

  /** Select what the user's code wrote rather than what every job has, until the user selects something. */
  private async _selectDefault(): Promise<void> {
    const top = this.tree.items('') ?? [];
    const own = top.filter(({ path, directory }) => directory && path !== 'code');
    const first = own.find(({ path }) => path === 'outputs') ?? own.at(0);
    if (first && !this.tree.isOpen(first.path)) await this.tree.open(first.path);
    const inside = first && this.tree.items(first.path)?.find(({ directory }) => !directory);
    const found = inside ?? first ?? top.find(({ path }) => path === 'output.ipynb') ?? top.at(0);
    if (!this._isChosen) this._selected = found?.path ?? null;
  }

  private async _act(act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this._error = null;
    } catch (reason) {
      this._error = ApiError.from(reason);
    }
    if (!this._isDisposed) this._changed.emit();
  }

  private _load(file: JobFile): void {
    const isNewest = this._previews.next();
    const isShown = (): boolean => !this._isDisposed && this._selected === file.path && isNewest();
    void this._act(async () => {
      let preview: Preview;
      try {
        preview = await readPreview(this.source, file);
      } catch (reason) {
        if (isShown()) throw reason;
        return;
      }
      if (!isShown()) {
        release(preview);
        return;
      }
      release(this._preview);
      this._preview = preview;
    });
  }

  private readonly _changed = new Signal<this, void>(this);
  private readonly _order = new RequestOrder();
  private readonly _previews = new RequestOrder();
  private _isLoaded = false;
  private _isChosen = false;
  private _outside: OutsideFiles | null = null;
  private _problems: readonly string[] = [];
  private _selected: string | null = null;
  private _preview: Preview | null = null;
  private _error: ApiError | null = null;
  private _isDisposed = false;
}

function isOther(file: JobFile, before: JobFile | null): boolean {
  return file.modified_at !== before?.modified_at || file.size_bytes !== before?.size_bytes;
}
