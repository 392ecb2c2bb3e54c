// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';

import { mlIcon } from '../../components';
import { TransContext } from '../../hooks';
import type { IJobManager } from '../tokens';
import { CompareView } from './CompareView';
import type { ICompareViewProps } from './CompareView';
import { CompareModel } from './model';

/** Create the panel that compares jobs. */
export function makeComparePanel(
  jobs: IJobManager,
  names: readonly string[],
  trans: TranslationBundle,
  actions: Pick<ICompareViewProps, 'onOpen' | 'onCopyLink'>
): MainAreaWidget {
  const model = new CompareModel(jobs, names);
  const content = ReactWidget.create(
    <TransContext.Provider value={trans}>
      <CompareView model={model} {...actions} />
    </TransContext.Provider>
  );
  content.addClass('jp-MLCompare-body');
  const panel = new MainAreaWidget({ content });
  panel.toolbar.hide();
  panel.title.label = trans._n('Compare %1 job', 'Compare %1 jobs', names.length);
  panel.title.caption = names.join(', ');
  content.node.setAttribute('aria-label', panel.title.label);
  panel.title.icon = mlIcon;
  panel.disposed.connect(() => model.dispose());
  return panel;
}
