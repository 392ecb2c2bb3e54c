// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Token } from '@lumino/coreutils';

import type { Experiment } from '../api';
import type { IResourceManager } from '../resources';

/** Manages experiments. */
export type IExperimentManager = IResourceManager<Experiment>;

export const IExperimentManager = new Token<IExperimentManager>(
  'jupyter-ml:IExperimentManager',
  'The experiments of the workspace.'
);
