// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { Workbench } from '../workbench';
import { assetViews } from './assets';
import { compareViews } from './compare';
import { computeViews } from './computes';
import { formViews } from './forms';
import { runJobs } from './jobs';
import type { IJobs } from './jobs';
import { jobViews, otherJobViews } from './panel';
import { sidebarViews } from './sidebar';
import type { IView } from './view';

export { runJobs };

/** Return all views, in the order in which they are shown. */
export function allViews(workbench: Workbench, jobs: IJobs): IView[] {
  return [
    ...sidebarViews(workbench),
    ...jobViews(workbench, jobs.complete),
    ...formViews(workbench, jobs),
    ...compareViews(workbench),
    ...assetViews(workbench),
    ...computeViews(workbench),
    ...otherJobViews(workbench, jobs)
  ];
}
