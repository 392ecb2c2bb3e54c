// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Signal } from '@lumino/signaling';
import type { ISignal } from '@lumino/signaling';

import { ApiError } from '../../../api';
import type { ApiClient, JobFile, OutsideFiles } from '../../../api';
import { parseCsv } from './csv';

const MAX_TEXT = 2_000_000;
const MAX_IMAGE = 30_000_000;
const MAX_ROWS = 500;

/** What to show for a file. */
export type Preview =
  | { kind: 'none'; why: 'binary' | 'large' }
  | { kind: 'image'; url: string }
  | { kind: 'text'; text: string }
  | { kind: 'table'; rows: string[][]; truncated: boolean };

/** The files of a job. */
export class FilesModel {
  constructor(
    readonly api: ApiClient,
    private readonly _name: string
  ) {}

  /** Null until the first response. */
  get files(): readonly JobFile[] | null {
    return this._files;
  }

  get truncated(): boolean {
    return this._truncated;
  }

  /** Files outside of `outputs/`; null while the job runs. */
  get outside(): OutsideFiles | null {
    return this._outside;
  }

  get error(): ApiError | null {
    return this._error;
  }

  get selected(): JobFile | null {
    return this._files?.find(({ path }) => path === this._selected) ?? null;
  }

  /** Null while it is loading. */
  get preview(): Preview | null {
    return this._preview;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  url(file: JobFile): string {
    return this.api.fileUrl(this._name, file.path);
  }

  async refresh(): Promise<void> {
    try {
      const { items, truncated, outside } = await this.api.get('/jobs/{name}/files', {
        params: { path: { name: this._name } }
      });
      if (this._isDisposed) return;
      const before = this.selected;
      [this._files, this._truncated, this._outside, this._error] = [items, truncated, outside, null];
      const now = this.selected;
      if (!now && items.length) this.select(defaultFile(items).path);
      else if (now && before && now.modified_at !== before.modified_at) this.select(now.path);
    } catch (reason) {
      this._error = ApiError.from(reason);
    }
    this._changed.emit();
  }

  select(path: string): void {
    this._selected = path;
    this._preview = null;
    this._changed.emit();
    const file = this.selected;
    if (file) void this._show(file);
  }

  dispose(): void {
    this._isDisposed = true;
    this._release();
    Signal.clearData(this);
  }

  private async _show(file: JobFile): Promise<void> {
    try {
      const preview = await this._read(file);
      const url = preview.kind === 'image' ? preview.url : null;
      if (this._isDisposed || this._selected !== file.path) {
        if (url) URL.revokeObjectURL(url);
        return;
      }
      this._release();
      this._preview = preview;
      this._shownUrl = url;
      this._error = null;
    } catch (reason) {
      this._error = ApiError.from(reason);
    }
    this._changed.emit();
  }

  private async _read(file: JobFile): Promise<Preview> {
    const kind = kindOf(file);
    if (kind === 'binary') return { kind: 'none', why: 'binary' };
    if ((file.size_bytes ?? 0) > (kind === 'image' ? MAX_IMAGE : MAX_TEXT)) return { kind: 'none', why: 'large' };
    const content = await this.api.getFile(this._name, file.path);
    if (kind === 'image') {
      // scripts do not run in an image, not even those of an SVG
      return { kind, url: URL.createObjectURL(content.slice(0, content.size, file.media_type)) };
    }
    const text = await content.text();
    if (kind === 'text') return { kind, text: file.path.endsWith('.json') ? indented(text) : text };
    const rows = parseCsv(text, file.path.endsWith('.tsv') ? '\t' : ',', MAX_ROWS + 1);
    return { kind, rows: rows.slice(0, MAX_ROWS), truncated: rows.length > MAX_ROWS };
  }

  private _release(): void {
    if (this._shownUrl) URL.revokeObjectURL(this._shownUrl);
    this._shownUrl = null;
  }

  private readonly _changed = new Signal<this, void>(this);
  private _files: readonly JobFile[] | null = null;
  private _truncated = false;
  private _outside: OutsideFiles | null = null;
  private _selected: string | null = null;
  private _preview: Preview | null = null;
  private _shownUrl: string | null = null;
  private _error: ApiError | null = null;
  private _isDisposed = false;
}

/** Return how to preview a file. */
export function kindOf({ path, media_type }: JobFile): 'image' | 'table' | 'text' | 'binary' {
  if (media_type.startsWith('image/')) return 'image';
  if (/\.(csv|tsv)$/.test(path)) return 'table';
  const isText = /^text\/|json|xml|javascript|yaml|toml|x-sh|python/.test(media_type);
  return isText || /\.(log|txt|md|ya?ml|toml|ini|cfg|py|r|jl|sh|sql|ipynb|jsonl)$/i.test(path) ? 'text' : 'binary';
}

/** Return the file to select first: files of the user's code rather than those of every job. */
function defaultFile(files: readonly JobFile[]): JobFile {
  return files.find(({ path }) => path.startsWith('outputs/')) ?? files[0];
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
