// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';

import { mlIcon, visible } from '../components';
import { TransContext } from '../hooks';
import { ToolsContext } from '../jobs/panel/context';
import type { IJobTools } from '../jobs/panel/context';
import type { RegisteredModel } from './model';
import { ModelView } from './ModelView';

/** The main-area panel of a registered model. */
export class ModelPanel extends MainAreaWidget {
  constructor(
    readonly model: RegisteredModel,
    tools: IJobTools,
    trans: TranslationBundle
  ) {
    const content = ReactWidget.create(
      <TransContext.Provider value={trans}>
        <ToolsContext.Provider value={tools}>
          <ModelView model={model} />
        </ToolsContext.Provider>
      </TransContext.Provider>
    );
    content.addClass('jp-MLModel-panel');
    super({ content });
    this.toolbar.hide();
    this.title.label = visible(model.name);
    this.title.icon = mlIcon;
    this.title.closable = true;
    content.node.tabIndex = -1;
    content.node.setAttribute('aria-label', this.title.label);
    void model.load();
  }

  override dispose(): void {
    super.dispose();
    this.model.dispose();
  }
}
