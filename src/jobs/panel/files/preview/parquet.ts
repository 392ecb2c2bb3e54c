// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { parquetMetadataAsync, parquetReadObjects, parquetSchema } from 'hyparquet';
import type { Compressors, RowGroup } from 'hyparquet';

import { ApiError } from '../../../../api';
import { tableOf } from './table';
import type { ITable } from './table';

/** Part of a row group that is read at most; column chunks are read as a whole. */
const MAX_BYTES = 50_000_000;

/** A file of which parts can be read. */
export interface IReadable {
  byteLength: number;
  slice: (start: number, end: number) => Promise<ArrayBuffer>;
}

/** Read the first rows of a Parquet file: its footer and the columns of its first row group that fit. */
export async function readParquet({ byteLength, slice }: IReadable, limit: number): Promise<ITable> {
  const file = { byteLength, slice: (start: number, end = byteLength) => slice(start, end) };
  const metadata = await parquetMetadataAsync(file);
  const names = parquetSchema(metadata).children.map(({ element }) => element.name);
  const sizes = new Map<string, number>();
  for (const { meta_data: column } of metadata.row_groups.at(0)?.columns ?? []) {
    const name = column?.path_in_schema.at(0) ?? '';
    sizes.set(name, (sizes.get(name) ?? 0) + Number(column?.total_compressed_size ?? 0));
  }
  const compressors = await compressorsOf(metadata.row_groups.at(0));
  const columns: string[] = [];
  let bytes = 0;
  for (const name of names) {
    bytes += sizes.get(name) ?? 0;
    if (bytes <= MAX_BYTES) columns.push(name);
  }
  const count = Number(metadata.num_rows);
  const rows: Record<string, unknown>[] = columns.length
    ? await parquetReadObjects({ file, metadata, compressors, columns, rowStart: 0, rowEnd: Math.min(limit, count) })
    : [];
  return tableOf(
    columns,
    rows.map(row => columns.map(name => row[name])),
    { limit, cut: count > limit || columns.length < names.length, caption: `${count} × ${names.length}` }
  );
}

/** Return what reads the columns of a row group, if hyparquet alone cannot: it is larger than hyparquet. */
async function compressorsOf(group: RowGroup | undefined): Promise<Compressors | undefined> {
  const codecs = group?.columns.map(({ meta_data }) => meta_data?.codec ?? 'UNCOMPRESSED') ?? [];
  if (codecs.every(codec => codec === 'UNCOMPRESSED' || codec === 'SNAPPY')) return undefined;
  // Brotli's dictionary is larger than all of hyparquet, and hardly a program writes it
  if (codecs.includes('BROTLI')) {
    throw new ApiError('Columns that are compressed with Brotli have no preview.', 'invalid');
  }
  return (await import('./codecs')).CODECS;
}
