// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

export * from './commands';
export { WorkspaceManager } from './manager';
export { labelOf } from './labels';
export { contentsPath } from './paths';
export * from './tokens';
