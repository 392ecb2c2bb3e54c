// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

export { CLICKED, ContextTarget } from './context';
export { Feed } from './feed';
export { IConnection } from './connection';
export { RowList } from './RowList';
export { makeSection } from './section';
export { RowWindow } from './window';
export * from './tokens';
