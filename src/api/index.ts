// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

export { ApiClient } from './client';
export { ApiError } from './error';
export { RequestOrder } from './order';
export type * from './types';
