// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { LabIcon } from '@jupyterlab/ui-components';

import type { Job } from '../../api';
import { PATHS } from '../shapes';
import { progressOf, shapeOf } from '../state';

/** Progress is shown in steps. */
const STEPS = 20;

const icons = new Map<string, LabIcon>();

/** Return the icon of a job's tab: its state, and how far it is as a part of a circle. */
export function tabIcon(job: Job): LabIcon {
  const progress = progressOf(job);
  const step = progress === null ? null : Math.floor(progress * STEPS);
  const name = `jupyter-ml:${shapeOf(job.state)}${step ?? ''}`;
  let icon = icons.get(name);
  if (!icon) icons.set(name, (icon = new LabIcon({ name, svgstr: svg(job, step === null ? null : step / STEPS) })));
  return icon.bindprops({ stylesheet: 'mainAreaTab' });
}

function svg({ state }: Job, progress: number | null): string {
  const shape = shapeOf(state);
  const { path, filled, track } = PATHS[shape];
  const shown =
    progress === null
      ? `${track ? `<path d="${track}" opacity="0.25"/>` : ''}<path d="${path}"${filled ? ' fill="currentcolor"' : ''}/>`
      : pie(progress);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><g class="jp-MLTabIcon jp-mod-${shape}">${shown}</g></svg>`;
}

/** Draw a circle that is filled clockwise: a dash of a line that is as wide as the radius. */
function pie(progress: number): string {
  const whole = 2 * Math.PI * 2.5;
  const dash = `${progress * whole} ${whole}`;
  return (
    '<circle cx="8" cy="8" r="6" stroke-width="1.25"/>' +
    `<circle cx="8" cy="8" r="2.5" stroke-width="5" stroke-linecap="butt" stroke-dasharray="${dash}" transform="rotate(-90 8 8)"/>`
  );
}
