// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ApiClient, ComputeInfo as Compute } from '../api';

/** What the form has; numbers are text until the form is submitted. */
export interface IComputeFields {
  name: string;
  image: string;
  cpus: string;
  memory: string;
  /** Whether programs reach other machines. */
  network: boolean;
  idleMinutes: string;
  slots: string;
  description: string;
}

/** Create an instance; what is not given has its default. */
export function createInstance(api: ApiClient, given: IComputeFields): Promise<Compute> {
  const number = (text: string): number | undefined => (text.trim() ? Number(text) : undefined);
  const body = {
    name: given.name.trim(),
    type: 'instance' as const,
    image: given.image.trim() || undefined,
    cpus: number(given.cpus),
    memory: given.memory.trim() || undefined,
    network: given.network ? ('bridge' as const) : undefined,
    idle_time_before_shutdown_minutes: number(given.idleMinutes),
    slots: number(given.slots),
    description: given.description.trim() || undefined
  };
  return api.post('/computes', { body });
}
