// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useSyncExternalStore } from 'react';

/** Colours that are distinguishable in all themes; the first is for a single job. */
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

/** The appearance of a job's line. */
export interface IStroke {
  /** A CSS variable of the theme. */
  variable: string;
  dash: number[];
}

/** Return the stroke of the job at an index: colours repeat with another dash pattern. */
export function strokeOf(index: number): IStroke {
  return {
    variable: COLORS[index % COLORS.length],
    dash: DASHES[Math.floor(index / COLORS.length) % DASHES.length]
  };
}

/** Return the current value of a CSS variable, which a canvas cannot resolve. */
export function themeValue(variable: string): string {
  return getComputedStyle(document.body).getPropertyValue(variable).trim();
}

/** Return the name of the theme, and render again when it changes. */
export function useTheme(): string {
  return useSyncExternalStore(subscribe, () => document.body.dataset.jpThemeName ?? '');
}

function subscribe(notify: () => void): () => void {
  const observer = new MutationObserver(notify);
  observer.observe(document.body, { attributes: true, attributeFilter: ['data-jp-theme-name'] });
  return () => observer.disconnect();
}
