// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

export * from './commands';
export { filterTerm } from './filterTerm';
export { makeResourceSection } from './section';
export { SavedFilters } from './savedFilters';
export * from './tokens';
