// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { LabIcon } from '@jupyterlab/ui-components';

/** Three connected runs. */
export const mlIcon = new LabIcon({
  name: 'jupyter-ml:ml',
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">
  <g class="jp-icon3 jp-icon-selectable" fill="#616161">
    <path d="M5 15.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM12 2.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6zM19 15.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6z"/>
    <path d="M10.6 8.3 12 9.1l1.4-.8 4.1 6.6-1.7 1.1L12 10l-3.8 6-1.7-1.1z"/>
  </g>
</svg>`
});
