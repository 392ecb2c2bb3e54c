// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { KernelSpec } from '@jupyterlab/services';

import type { IConnection } from '../resources';

/** Kinds whose resources are kernels, too. */
const KINDS = ['environment', 'compute'];

/** Keep the launcher's kernels up to date: JupyterLab itself fetches them once a minute. */
export function followKernels(
  feed: Pick<IConnection['feed'], 'changed'>,
  kernelspecs: Pick<KernelSpec.IManager, 'refreshSpecs'>
): void {
  for (const kind of KINDS) feed.changed(kind).connect(() => void kernelspecs.refreshSpecs());
}
