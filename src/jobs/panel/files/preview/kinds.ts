// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JobFile } from '../../../../api';

/** How a file is previewed. */
export type Kind =
  'array' | 'binary' | 'directory' | 'html' | 'image' | 'json' | 'markdown' | 'notebook' | 'parquet' | 'table' | 'text';

const BY_EXTENSION: Record<string, Kind> = {
  csv: 'table',
  htm: 'html',
  html: 'html',
  ipynb: 'notebook',
  json: 'json',
  markdown: 'markdown',
  md: 'markdown',
  npy: 'array',
  parquet: 'parquet',
  tsv: 'table'
};

const TEXT =
  /(^|[./])(log|txt|ya?ml|toml|ini|cfg|py|r|jl|sh|sql|jsonl|diff|patch|geojson|tex|rst|MLmodel|Dockerfile|requirements)$/i;

/** Return how to preview a file. */
export function kindOf({ path, media_type, directory }: JobFile): Kind {
  if (directory) return 'directory';
  const kind = BY_EXTENSION[extensionOf(path)];
  if (kind) return kind;
  if (media_type.startsWith('image/')) return 'image';
  const isText = /^text\/|json|xml|javascript|yaml|toml|x-sh|python/.test(media_type);
  return isText || TEXT.test(path) ? 'text' : 'binary';
}

/** Return the extension of a path without its dot, in lower case. */
export function extensionOf(path: string): string {
  const name = path.split('/').at(-1) ?? '';
  return name.includes('.') ? (name.split('.').at(-1) ?? '').toLowerCase() : '';
}
