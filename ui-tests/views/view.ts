// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { expect } from '@jupyterlab/galata';

import type { Workbench } from '../workbench';

/** A view of the extension, and how to show it. */
export interface IView {
  name: string;
  show: () => Promise<unknown>;
}

/** Execute a command; its result is left out, as widgets cannot be serialized. */
export function execute({ page }: Workbench, id: string, args: Record<string, string>): Promise<void> {
  return page.evaluate(([command, options]) => void window.jupyterapp.commands.execute(command, options), [
    id,
    args
  ] as const);
}

/** Open the panel of a job. */
export async function openJob(workbench: Workbench, name: string): Promise<void> {
  const { panel } = workbench;
  await execute(workbench, 'jupyter-ml:open-job', { name });
  await expect(panel).toHaveAttribute('id', `jp-MLJobPanel-${name}`);
}
