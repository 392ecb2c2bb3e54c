export { JobPanel } from './panel';
export type { IJobPanelOptions } from './panel';
export type { IJobTools } from './tools';
