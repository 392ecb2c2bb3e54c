// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useSyncExternalStore } from 'react';

/** Colours that tell apart in every theme; the first is for a job that is alone. */
const COLORS = [
  '--jp-brand-color1',
  '--jp-warn-color1',
  '--jp-success-color1',
  '--jp-mirror-editor-meta-color',
  '--jp-error-color1',
  '--jp-info-color1',
  '--jp-ui-font-color2',
  '--jp-mirror-editor-number-color'
];
const DASHES = [[], [6, 3], [2, 2]];

/** How the line of the nth job looks. */
export interface IStroke {
  /** The name of a variable of the theme. */
  variable: string;
  dash: number[];
}

/** Colours go round, and then lines are broken in another way. */
export function strokeOf(index: number): IStroke {
  return {
    variable: COLORS[index % COLORS.length],
    dash: DASHES[Math.floor(index / COLORS.length) % DASHES.length]
  };
}

/** What a variable of the theme says now: a canvas does not know variables. */
export function themeValue(variable: string): string {
  return getComputedStyle(document.body).getPropertyValue(variable).trim();
}

/** The name of the theme; render again when it changes. */
export function useTheme(): string {
  return useSyncExternalStore(subscribe, () => document.body.dataset.jpThemeName ?? '');
}

function subscribe(notify: () => void): () => void {
  const observer = new MutationObserver(notify);
  observer.observe(document.body, { attributes: true, attributeFilter: ['data-jp-theme-name'] });
  return () => observer.disconnect();
}
