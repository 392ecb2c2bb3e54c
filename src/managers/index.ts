export { ExperimentManager } from './experiments';
export { Feed } from './feed';
export { JobManager } from './jobs';
export { WorkspaceManager } from './workspace';
export * from './tokens';
