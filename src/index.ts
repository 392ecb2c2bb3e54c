import type { JupyterFrontEndPlugin } from '@jupyterlab/application';

import managers from './plugins/managers';

export * from './managers/tokens';

const plugins: JupyterFrontEndPlugin<unknown>[] = [...managers];

export default plugins;
