// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

export { Chart } from './Chart';
export { MetricsModel } from './model';
export { MetricsTab } from './MetricsTab';
export type { ILine, IScale } from './options';
export type { Series } from './series';
