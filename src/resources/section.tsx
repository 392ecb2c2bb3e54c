// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { PanelWithToolbar, ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import type { JSX } from 'react';

import { TransContext } from '../hooks';

/** Options of makeSection. */
export interface ISectionOptions {
  title: string;
  trans: TranslationBundle;
  body: JSX.Element;
  /** Shown at the right of the title. */
  summary?: JSX.Element;
  /** Toolbar buttons, after the summary. */
  buttons?: readonly Widget[];
}

/** Create a panel for the sidebar from React elements. */
export function makeSection({ title, trans, body, summary, buttons = [] }: ISectionOptions): PanelWithToolbar {
  const react = (element: JSX.Element): ReactWidget =>
    ReactWidget.create(<TransContext.Provider value={trans}>{element}</TransContext.Provider>);
  const panel = new PanelWithToolbar();
  panel.addClass('jp-MLSection');
  panel.title.label = title;
  panel.addWidget(react(body));
  panel.toolbar.addClass('jp-MLSection-toolbar');
  panel.toolbar.node.setAttribute('aria-label', trans.__('%1: overview', title));
  if (summary) panel.toolbar.addItem('summary', react(summary));
  buttons.forEach((button, index) => panel.toolbar.addItem(`button-${index}`, button));
  return panel;
}
