// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { MainAreaWidget } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';

import { formatShare, mlIcon, visible } from '../../components';
import { TransContext } from '../../hooks';
import { panelId } from '../panelId';
import { shareOf } from '../state';
import type { IJobManager } from '../tokens';
import { describeEvents } from './eventText';
import { JobView } from './JobView';
import { JobModel } from './model';
import type { Tab } from './model';
import { withUntrustedSVG } from './svg';
import { tabIcon } from './tabIcon';
import { ToolsContext } from './context';
import type { IJobTools } from './context';

/** Options of JobPanel. */
export interface IJobPanelOptions {
  jobs: IJobManager;
  name: string;
  tab?: Tab;
  tools: IJobTools;
  trans: TranslationBundle;
}

/** The main-area panel of a job. */
export class JobPanel extends MainAreaWidget {
  constructor({ jobs, name, tab, tools, trans }: IJobPanelOptions) {
    const model = new JobModel(jobs, name, describeEvents(trans), tab);
    super({ content: new Body(model, { ...tools, rendermime: withUntrustedSVG(tools.rendermime) }, trans) });
    this.model = model;
    this.id = panelId(name);
    this.addClass('jp-MLJobPanel');
    this.toolbar.hide();
    this.title.icon = mlIcon;
    this.title.closable = true;
    model.changed.connect(this._setTitle, this);
    this._setTitle();
  }

  readonly model: JobModel;

  override dispose(): void {
    super.dispose();
    this.model.dispose();
  }

  private _setTitle(): void {
    const { job, name } = this.model;
    const share = job ? shareOf(job) : null;
    const label = visible(job?.display_name ?? name);
    if (job) this.title.icon = tabIcon(job);
    this.title.label = share === null ? label : `${formatShare(share)} ${label}`;
    this.title.caption = this.model.name;
    this.content.node.setAttribute('aria-label', label);
  }
}

class Body extends ReactWidget {
  constructor(
    private readonly _model: JobModel,
    private readonly _tools: IJobTools,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-MLJobPanel-body');
    this.node.tabIndex = -1;
  }

  protected override render(): JSX.Element {
    return (
      <TransContext.Provider value={this._trans}>
        <ToolsContext.Provider value={this._tools}>
          <JobView model={this._model} />
        </ToolsContext.Provider>
      </TransContext.Provider>
    );
  }
}
