// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

declare module 'hyparquet-compressors/src/gzip.js' {
  export { gunzip } from 'hyparquet-compressors';
}

declare module 'hyparquet-compressors/src/lz4.js' {
  export { decompressLz4, decompressLz4Raw } from 'hyparquet-compressors';
}
