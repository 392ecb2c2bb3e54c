export { ApiClient } from './client';
export { ApiError } from './error';
export type * from './types';
