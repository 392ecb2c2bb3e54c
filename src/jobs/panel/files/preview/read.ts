// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { INotebookContent } from '@jupyterlab/nbformat';
import type { JSONValue } from '@lumino/coreutils';

import type { JobFile, LoggedModel } from '../../../../api';
import type { IFileSource } from '../source';
import { readArray } from './array';
import { parseCsv } from './csv';
import { kindOf } from './kinds';
import { groupImages } from './loggedImages';
import type { ILoggedImages } from './loggedImages';
import { tableOf } from './table';
import type { ITable } from './table';

const MAX_TEXT = 2_000_000;
const MAX_IMAGE = 30_000_000;
const MAX_WHOLE = 20_000_000;
const MAX_ROWS = 500;
const MAX_LISTED = 10_000;

/** What to show for a file or directory. */
export type Preview =
  | { kind: 'none'; why: 'binary' | 'large' }
  | { kind: 'image'; url: string }
  | { kind: 'html' | 'markdown'; text: string }
  /** `truncated`: only the first part of the file is shown. */
  | { kind: 'text'; text: string; truncated: boolean }
  | { kind: 'json'; data: JSONValue }
  | { kind: 'notebook'; notebook: INotebookContent }
  | ({ kind: 'table' } & ITable)
  | { kind: 'images'; images: ILoggedImages }
  | { kind: 'model'; model: LoggedModel }
  | { kind: 'directory'; files: number; size: number; truncated: boolean };

/** Read as much of a file as its preview shows. */
export async function readPreview(source: IFileSource, file: JobFile): Promise<Preview> {
  const kind = kindOf(file);
  const size = file.size_bytes ?? 0;
  const head = (limit: number): Promise<Blob> => source.read(file.path, size > limit ? [0, limit] : undefined);
  switch (kind) {
    case 'binary':
      return { kind: 'none', why: 'binary' };
    case 'directory':
      return readDirectory(source, file.path);
    case 'parquet': {
      const { readParquet } = await import('./parquet');
      const slice = async (start: number, end: number): Promise<ArrayBuffer> =>
        (await source.read(file.path, [start, end])).arrayBuffer();
      return { kind: 'table', ...(await readParquet({ byteLength: size, slice }, MAX_ROWS)) };
    }
    case 'array':
      return { kind: 'table', ...readArray(await (await head(MAX_TEXT)).arrayBuffer(), MAX_ROWS) };
    case 'table': {
      const rows = parseCsv(await (await head(MAX_TEXT)).text(), file.path.endsWith('.tsv') ? '\t' : ',', MAX_ROWS + 1);
      return { kind: 'table', ...tableOf(rows.at(0) ?? [], rows.slice(1), { limit: MAX_ROWS, cut: size > MAX_TEXT }) };
    }
    case 'image': {
      if (size > MAX_IMAGE) return { kind: 'none', why: 'large' };
      const content = await source.read(file.path);
      // scripts do not run in an image, not even those of an SVG
      return { kind, url: URL.createObjectURL(content.slice(0, content.size, file.media_type)) };
    }
    case 'text':
      return { kind, text: await (await head(MAX_TEXT)).text(), truncated: size > MAX_TEXT };
    default: {
      if (size > MAX_WHOLE) return { kind: 'none', why: 'large' };
      return ofText(kind, await (await source.read(file.path)).text());
    }
  }
}

/** Free what a preview that is not shown any more holds. */
export function release(preview: Preview | null): void {
  if (preview?.kind === 'image') URL.revokeObjectURL(preview.url);
}

function ofText(kind: 'html' | 'markdown' | 'json' | 'notebook', text: string): Preview {
  if (kind === 'html' || kind === 'markdown') return { kind, text };
  let data: JSONValue;
  try {
    data = JSON.parse(text) as JSONValue;
  } catch {
    return { kind: 'text', text: text.slice(0, MAX_TEXT), truncated: text.length > MAX_TEXT };
  }
  if (kind === 'notebook' && isNotebook(data)) return { kind, notebook: data as unknown as INotebookContent };
  return loggedTable(data) ?? { kind: 'json', data };
}

function isNotebook(data: JSONValue): boolean {
  return typeof data === 'object' && data !== null && 'cells' in data && Array.isArray(data.cells);
}

/** Return a table that `mlflow.log_table` wrote. */
function loggedTable(data: JSONValue): Preview | null {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  const { columns, data: rows } = data;
  if (!Array.isArray(columns) || !Array.isArray(rows) || !rows.every(row => Array.isArray(row))) return null;
  return { kind: 'table', ...tableOf(columns, rows, { limit: MAX_ROWS }) };
}

async function readDirectory(source: IFileSource, path: string): Promise<Preview> {
  const { items, truncated } = await source.list({ path, limit: MAX_LISTED });
  if (items.some(item => item.path === `${path}/MLmodel`)) {
    const model = await source.model(path);
    if (model) return { kind: 'model', model };
  }
  const images = groupImages(items.filter(item => item.path.startsWith(`${path}/`)));
  if (images.length) return { kind: 'images', images };
  const size = items.reduce((sum, { size_bytes }) => sum + (size_bytes ?? 0), 0);
  return { kind: 'directory', files: items.length, size, truncated };
}
