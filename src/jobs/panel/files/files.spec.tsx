// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { describe, expect, it, vi } from 'vitest';

import type { JobFile } from '../../../api';
import { fakeServer } from '../../../testing/server';
import { parseCsv } from './csv';
import { FilesModel, kindOf } from './model';

const file = (path: string, media_type = 'application/octet-stream', size_bytes = 10): JobFile => ({
  path,
  directory: false,
  uri: null,
  media_type,
  size_bytes,
  modified_at: '2026-01-02T03:04:05Z'
});

describe('parseCsv', () => {
  it('parses quotes, empty fields and all kinds of line ends', () => {
    expect(parseCsv('a,b\r\n"x, ""y""\nz",\n,2', ',', 9)).toEqual([
      ['a', 'b'],
      ['x, "y"\nz', ''],
      ['', '2']
    ]);
    expect(parseCsv('a\tb\n', '\t', 9)).toEqual([['a', 'b']]);
    expect(parseCsv('a,', ',', 9)).toEqual([['a', '']]);
    expect(parseCsv('', ',', 9)).toEqual([]);
  });

  it('stops at the limit, and at malformed input', () => {
    expect(parseCsv('1\n2\n3\n', ',', 2)).toEqual([['1'], ['2']]);
    expect(parseCsv('"never closed', ',', 2).length).toBeLessThanOrEqual(2);
  });
});

describe('kindOf', () => {
  it('depends on media type and name', () => {
    const kinds = [file('a.png', 'image/png'), file('a.csv', 'text/csv'), file('a.json', 'application/json')].map(
      kindOf
    );
    expect(kinds).toEqual(['image', 'table', 'text']);
    expect([file('std_log.txt'), file('model.pkl')].map(kindOf)).toEqual(['text', 'binary']);
  });
});

describe('FilesModel', () => {
  const make = (...items: JobFile[]): { model: FilesModel; requests: string[] } => {
    const { api, requests } = fakeServer(({ path }) =>
      path.endsWith('/files') ? { items, truncated: false } : { answer: 42 }
    );
    return { model: new FilesModel(api, 'a'), requests };
  };

  it('selects files of the user first', async () => {
    const { model } = make(file('std_log.txt'), file('outputs/a.json', 'application/json'));
    await model.refresh();
    expect(model.selected?.path).toBe('outputs/a.json');
    await vi.waitFor(() => expect(model.preview).toEqual({ kind: 'text', text: '{\n  "answer": 42\n}' }));
  });

  it('does not fetch files that have no preview', async () => {
    const { model, requests } = make(file('outputs/model.pkl'), file('std_log.txt', 'text/plain', 3_000_000));
    await model.refresh();
    await vi.waitFor(() => expect(model.preview).toEqual({ kind: 'none', why: 'binary' }));
    model.select('std_log.txt');
    await vi.waitFor(() => expect(model.preview).toEqual({ kind: 'none', why: 'large' }));
    expect(requests).toHaveLength(1);
  });
});
