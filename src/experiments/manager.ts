// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { ApiClient, Experiment, Page } from '../api';
import { ResourceManager } from '../resources';
import type { Feed, IListQuery } from '../resources';

/** Experiments; the number of their jobs changes with each job. */
export class ExperimentManager extends ResourceManager<Experiment> {
  constructor(api: ApiClient, feed: Feed) {
    super(
      {
        list: query => list(api, query),
        get: name => api.getExperiment(name),
        archive: name => api.archiveExperiment(name),
        restore: name => api.restoreExperiment(name)
      },
      feed,
      'experiment'
    );
    feed.changed('job').connect(() => this.refreshWindows(), this);
  }
}

/** The REST API returns all experiments; search and paging happen here. */
async function list(api: ApiClient, query: IListQuery): Promise<Page<Experiment>> {
  const { search = '', archived = false, offset = 0, limit } = query;
  const all = await api.listExperiments({ archived });
  const items = all.filter(item => item.name.toLowerCase().includes(search.toLowerCase()));
  return { items: items.slice(offset, limit && offset + limit), total: items.length };
}
