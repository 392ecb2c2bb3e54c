// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { IStateDB } from '@jupyterlab/statedb';

import { definePlugin, ICommands } from '../../resources';
import { panelId } from '../panelId';
import { IJobManager } from '../tokens';

const ID = 'jupyter-ml:notifications';

const notifications = definePlugin({
  id: ID,
  description: 'Notifies when jobs complete or fail.',
  requires: { commands: ICommands, jobs: IJobManager },
  optional: { registry: ISettingRegistry, state: IStateDB },
  activate: ({ shell }, { commands, jobs, registry, state, trans }): void => {
    const isVisible = (name: string): boolean =>
      [...shell.widgets('main')].some(widget => widget.id === panelId(name) && widget.isVisible);
    void import('./notifier').then(async ({ Notifier }) => {
      const notifier = new Notifier({ jobs, commands, state, isVisible, trans });
      const settings = await registry?.load(ID);
      const read = (): void => {
        notifier.completed = settings?.get('completed').composite !== false;
        notifier.failed = settings?.get('failed').composite !== false;
      };
      settings?.changed.connect(read);
      read();
      await notifier.catchUp();
    });
  }
});

export default [notifications];
