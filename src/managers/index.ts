// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

export * from './drive';
export { ExperimentManager } from './experiments';
export { Feed } from './feed';
export { JobManager } from './jobs';
export { JobSelection } from './selection';
export { WorkspaceManager } from './workspace';
export * from './tokens';
