// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import type { JSX } from 'react';

import { TransContext } from '../hooks';

const LEAST_PX = 240;
const HEIGHT_PX = 120;

/**
 * Show an element over another one, e.g. an editor over a cell of a table.
 *
 * It is not a part of the other one, whose list may be scrolled or rendered again meanwhile: nothing that was typed is
 * lost. The list has the focus again when it is closed.
 */
export function openOver(
  anchor: HTMLElement,
  trans: TranslationBundle,
  render: (close: () => void) => JSX.Element
): void {
  const list = anchor.closest<HTMLElement>('[tabindex="0"]');
  const close = (): void => {
    const { activeElement } = document; // the user may have continued elsewhere
    const isFree = !activeElement || activeElement === document.body || over.node.contains(activeElement);
    over.dispose();
    if (isFree) list?.focus();
  };
  const over = ReactWidget.create(<TransContext.Provider value={trans}>{render(close)}</TransContext.Provider>);
  over.addClass('jp-MLOver');
  over.node.tabIndex = -1;
  over.node.addEventListener('keydown', ({ key, target }) => key === 'Escape' && target === over.node && close());
  const { left, top, width } = anchor.getBoundingClientRect();
  Object.assign(over.node.style, {
    left: `${Math.max(0, Math.min(left, window.innerWidth - LEAST_PX))}px`,
    top: `${Math.max(0, Math.min(top, window.innerHeight - HEIGHT_PX))}px`,
    minWidth: `${Math.max(LEAST_PX, width)}px`
  });
  Widget.attach(over, document.body);
  over.node.focus();
}
