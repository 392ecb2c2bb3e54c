// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ApiError } from '../../../../api';
import { tableOf } from './table';
import type { ITable } from './table';

type Reader = (view: DataView, offset: number, little: boolean) => unknown;

const READERS: Record<string, Reader> = {
  b1: (view, at) => view.getUint8(at) !== 0,
  i1: (view, at) => view.getInt8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  i8: (view, at, little) => view.getBigInt64(at, little),
  u1: (view, at) => view.getUint8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  u8: (view, at, little) => view.getBigUint64(at, little),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little)
};
const MAGIC = '\x93NUMPY';
const HEADER =
  /'descr':\s*'(?<order>[<>|=])(?<type>\w\d+)'.*'fortran_order':\s*(?<fortran>True|False).*'shape':\s*\((?<shape>[\d,\s]*)\)/s;

/**
 * Read the first rows of a NumPy array (`.npy`); the dimensions after the first one are the columns.
 *
 * @param buffer - The beginning of the file, or all of it.
 * @param limit - Number of rows to return.
 */
export function readArray(buffer: ArrayBuffer, limit: number): ITable {
  const view = new DataView(buffer);
  if (buffer.byteLength < 10 || ascii(buffer, 0, 6) !== MAGIC) {
    throw new ApiError('This is not a NumPy array.', 'invalid');
  }
  const isLong = view.getUint8(6) >= 2;
  const start =
    (isLong ? 12 : 10) + (isLong && buffer.byteLength >= 12 ? view.getUint32(8, true) : view.getUint16(8, true));
  const header = HEADER.exec(ascii(buffer, 8, Math.min(start, 2_000)))?.groups;
  const read = header && READERS[header.type];
  if (!header || !read) throw new ApiError('Arrays of this type have no preview.', 'invalid');
  const shape = header.shape
    .split(',')
    .filter(part => part.trim())
    .map(Number);
  const size = Number(header.type.slice(1));
  const [rowCount, width] = [shape.at(0) ?? 1, shape.slice(1).reduce((product, each) => product * each, 1)];
  const isFortran = header.fortran === 'True' && shape.length > 1;
  const count = Math.min(rowCount, limit);
  const columns = Math.min(width, 200);
  const rows: unknown[][] = [];
  for (let row = 0; row < count; row++) {
    const values: unknown[] = [];
    for (let column = 0; column < columns; column++) {
      const at = start + (isFortran ? row + column * rowCount : row * width + column) * size;
      if (at + size > buffer.byteLength) break;
      values.push(read(view, at, header.order !== '>'));
    }
    if (values.length) rows.push(values);
  }
  const dtype = `${{ b: 'bool', i: 'int', u: 'uint', f: 'float' }[header.type[0]]}${header.type[0] === 'b' ? '' : size * 8}`;
  const cut = rows.length < rowCount || columns < width;
  const names = Array.from({ length: columns }, (_, index) => index);
  return tableOf(names, rows, { limit, cut, caption: `${dtype} (${shape.join(', ')})` });
}

function ascii(buffer: ArrayBuffer, start: number, end: number): string {
  return String.fromCharCode(...new Uint8Array(buffer, start, Math.max(0, Math.min(end, buffer.byteLength) - start)));
}
