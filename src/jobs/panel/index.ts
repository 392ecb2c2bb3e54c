// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

export { BrowserTitle } from './browserTitle';
export { JobPanel } from './panel';
export type { IJobPanelOptions } from './panel';
export type { IJobTools } from './context';
