// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ApiClient, Experiment } from '../api';
import { resourceApi, ResourceManager } from '../resources';
import type { Feed } from '../resources';

/** Experiments; the number of their jobs changes with each job. */
export class ExperimentManager extends ResourceManager<Experiment> {
  constructor(api: ApiClient, feed: Feed) {
    super(resourceApi(api, '/experiments'), feed, 'experiment');
    feed.changed('job').connect(() => this.refreshWindows(), this);
  }
}
