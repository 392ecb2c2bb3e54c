// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { describe, expect, it } from 'vitest';

import type { JobFile } from '../../../../api';
import { readArray } from './array';
import { parseCsv } from './csv';
import { kindOf } from './kinds';
import { groupImages } from './loggedImages';
import { readParquet } from './parquet';
import { tableOf } from './table';
import type { ITable } from './table';

const file = (path: string, media_type = 'application/octet-stream', directory = false): JobFile => ({
  path,
  directory,
  uri: null,
  media_type,
  size_bytes: 10,
  modified_at: null
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
  it.each([
    ['a.png', 'image/png', 'image'],
    ['a.csv', 'text/csv', 'table'],
    ['a.json', 'application/json', 'json'],
    ['a.HTML', 'text/html', 'html'],
    ['deep/a.ipynb', '', 'notebook'],
    ['README.md', '', 'markdown'],
    ['data.parquet', '', 'parquet'],
    ['a.npy', '', 'array'],
    ['std_log.txt', '', 'text'],
    ['model/MLmodel', '', 'text'],
    ['model.pkl', '', 'binary'],
    ['csv', '', 'binary']
  ])('of %s is %s', (path, type, kind) => expect(kindOf(file(path, type || undefined))).toBe(kind));

  it('of a directory does not depend on its name', () => {
    expect(kindOf(file('a.csv', 'inode/directory', true))).toBe('directory');
  });
});

describe('groupImages', () => {
  const name = (key: string, step: number, sign = '+', end = '.png'): JobFile =>
    file(`images/${[key, 'step', step, 'timestamp', 1, '54940562-884b'].join(sign)}${end}`);

  it('groups by key and sorts by step, without the compressed copies', () => {
    const files = [name('a~b', 10), name('a~b', 9), name('c', 1, '%'), name('c', 1, '+', '+compressed.webp')];
    const groups = groupImages([...files, file('images/other.png')]);
    expect(groups.map(({ key, images }) => [key, images.map(({ step }) => step)])).toEqual([
      ['a/b', [9, 10]],
      ['c', [1]]
    ]);
  });
});

describe('readArray', () => {
  const bytes = (header: string, values: ArrayBuffer): ArrayBuffer => {
    const text = `\x93NUMPY\x01\x00${String.fromCharCode(header.length, 0)}${header}`;
    const head = Uint8Array.from(text, sign => sign.charCodeAt(0));
    const all = new Uint8Array(head.length + values.byteLength);
    all.set(head);
    all.set(new Uint8Array(values), head.length);
    return all.buffer;
  };
  const header = (descr: string, shape: string, fortran = 'False'): string =>
    `{'descr': '${descr}', 'fortran_order': ${fortran}, 'shape': (${shape}), }`;

  it('reads rows in both orders', () => {
    const { buffer } = new Float32Array([1, 2, 3, 4, 5, 6]);
    const table = readArray(bytes(header('<f4', '2, 3'), buffer), 9);
    expect(table).toMatchObject({ caption: 'float32 (2, 3)', columns: ['0', '1', '2'], truncated: false });
    expect(table.rows).toEqual([
      ['1', '2', '3'],
      ['4', '5', '6']
    ]);
    expect(readArray(bytes(header('<f4', '2, 3', 'True'), buffer), 9).rows).toEqual([
      ['1', '3', '5'],
      ['2', '4', '6']
    ]);
  });

  it('reads a part of a large array', () => {
    const table = readArray(bytes(header('<i8', '1000000,'), new BigInt64Array([7n, -8n]).buffer), 9);
    expect(table).toMatchObject({ rows: [['7'], ['-8']], truncated: true, caption: 'int64 (1000000)' });
  });

  it.each([header('|O', '2,'), header('<f4', 'x'), '', 'no header'])('refuses %j with a message', text => {
    expect(() => readArray(bytes(text, new ArrayBuffer(8)), 9)).toThrow(/no preview/);
    expect(() => readArray(new ArrayBuffer(3), 9)).toThrow(/not a NumPy array/);
  });
});

describe('readParquet', () => {
  // written by pyarrow: {'a': [1, 2, 3], 'b': ['x', None, 'z']}
  const WRITTEN =
    'UEFSMRUAFSQVKCwVBhUAFQYVBhwAAAASRAIAAAAGAQEAAAACAAAAAwAAABUAFSAVJCwVBhUAFQYVBhwAAAAQPAIAAAADBQEAAAB4AQAAAHoVBBk8NQAYBnNjaGVtYRUEABUCJQIYAWEAFQwlAhgBYiUATBwAAAAWBhkcGSwmABwVAhklBgAZGAFhFQIWBhZKFk4mCEkcFQAVABUCADwpBhkmAAYAAAAmABwVDBklBgAZGAFiFQIWBhZGFkomVkkcFQAVABUCADwWBBkGGSYCBAAAABaQARYGJggWmAEAKCBwYXJxdWV0LWNwcC1hcnJvdyB2ZXJzaW9uIDI2LjAuMRksHAAAHAAAALkAAABQQVIx';

  // written by DuckDB: a = 1, 2, 3
  const COMPRESSED = {
    ZSTD: 'UEFSMRUAFRgVKiwVBhUAFQYVBgAAKLUv/SAMYQAAAQAAAAIAAAADAAAAFQIZLDUAGA1kdWNrZGJfc2NoZW1hFQIAFQIlABgBYSUiABYGGRwZHCYAHBUCGRUAGRgBYRUMFgYWOhZMJgg8GAQDAAAAGAQBAAAAFgAoBAMAAAAYBAEAAAAREQAZHBUAFQAVAgAAABY6FgYmCBZMACgoRHVja0RCIHZlcnNpb24gdjIuMC4xIChidWlsZCA4ZDc4MTE0ZTkwKRkcHAAAAKAAAABQQVIx',
    GZIP: 'UEFSMRUAFSQVQiwVBhUAFQYVBgAAH4sIAAAAAAAA/2NiYGBgY2QEkkxAzAzEAAHSrowSAAAAFQIZLDUAGA1kdWNrZGJfc2NoZW1hFQIAFQIlAhgBYSUiABYGGRwZHCYAHBUCGRUAGRgBYRUEFgYWRhZkJgg8GAQDAAAAGAQBAAAAFgAoBAMAAAAYBAEAAAAREQAZHBUAFQAVAgAAABZGFgYmCBZkACgoRHVja0RCIHZlcnNpb24gdjIuMC4xIChidWlsZCA4ZDc4MTE0ZTkwKRkcHAAAAKAAAABQQVIx',
    LZ4: 'UEFSMRUAFSQVKCwVBhUAFQYVBgAA8AMCAAAABgEBAAAAAgAAAAMAAAAVAhksNQAYDWR1Y2tkYl9zY2hlbWEVAgAVAiUCGAFhJSIAFgYZHBkcJgAcFQIZFQAZGAFhFQ4WBhZGFkomCDwYBAMAAAAYBAEAAAAWACgEAwAAABgEAQAAABERABkcFQAVABUCAAAAFkYWBiYIFkoAKChEdWNrREIgdmVyc2lvbiB2Mi4wLjEgKGJ1aWxkIDhkNzgxMTRlOTApGRwcAAAAoAAAAFBBUjE='
  };
  const BROTLI =
    'UEFSMRUAFSQVIiwVBhUAFQYVBgAAGxEA+IdxbJQSRaBQIMUTGAAVAhksNQAYDWR1Y2tkYl9zY2hlbWEVAgAVAiUCGAFhJSIAFgYZHBkcJgAcFQIZFQAZGAFhFQgWBhZGFkQmCDwYBAMAAAAYBAEAAAAWACgEAwAAABgEAQAAABERABkcFQAVABUCAAAAFkYWBiYIFkQAKChEdWNrREIgdmVyc2lvbiB2Mi4wLjEgKGJ1aWxkIDhkNzgxMTRlOTApGRwcAAAAoAAAAFBBUjE=';
  const bytesOf = (text: string): ArrayBuffer => Uint8Array.from(atob(text), sign => sign.charCodeAt(0)).buffer;

  const read = (text: string): Promise<ITable> => {
    const content = bytesOf(text);
    const slice = (start: number, end: number): Promise<ArrayBuffer> => Promise.resolve(content.slice(start, end));
    return readParquet({ byteLength: content.byteLength, slice }, 2);
  };

  it.each(Object.entries(COMPRESSED))('reads columns that are compressed with %s', async (_, text) => {
    expect((await read(text)).rows).toEqual([['1'], ['2']]);
  });

  it('refuses what would need a large dictionary', async () => {
    await expect(read(BROTLI)).rejects.toThrow('Columns that are compressed with Brotli have no preview.');
  });

  it('reads rows by ranges', async () => {
    const content = bytesOf(WRITTEN);
    const ranges: number[] = [];
    const slice = (start: number, end: number): Promise<ArrayBuffer> => {
      ranges.push(end - start);
      return Promise.resolve(content.slice(start, end));
    };
    const table = await readParquet({ byteLength: content.byteLength, slice }, 2);
    expect(table).toMatchObject({ columns: ['a', 'b'], truncated: true, caption: '3 × 2' });
    expect(table.rows).toEqual([
      ['1', 'x'],
      ['2', '']
    ]);
    expect(ranges.length).toBeGreaterThan(1);
  });
});

describe('tableOf', () => {
  it('is bounded', () => {
    const wide = Array.from({ length: 300 }, (_, index) => index);
    const table = tableOf(wide, [wide, [{ a: 1n }, null, 'x'.repeat(2_000)]], { limit: 1 });
    expect([table.columns.length, table.rows.length, table.truncated]).toEqual([200, 1, true]);
    const cells = tableOf(['a'], [[{ a: 1n }], [null], ['x'.repeat(2_000)]], { limit: 9 }).rows.map(([cell]) => cell);
    expect(cells.slice(0, 2)).toEqual(['{"a":"1"}', '']);
    expect(cells[2].length).toBe(1_001);
  });
});
