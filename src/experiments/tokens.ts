// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Token } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';

import type { Experiment } from '../api';
import type { IListQuery, IRowWindow } from '../resources';

/** Manages experiments. */
export interface IExperimentManager extends IDisposable {
  window(query?: IListQuery): IRowWindow<Experiment>;
  archive(name: string): Promise<Experiment>;
  restore(name: string): Promise<Experiment>;
}

export const IExperimentManager = new Token<IExperimentManager>(
  'jupyter-ml:IExperimentManager',
  'The experiments of the workspace.'
);
