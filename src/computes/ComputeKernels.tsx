// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import type { JSX } from 'react';

import { visible, withErrorDialog } from '../components';
import { useTrans, useVersion } from '../hooks';

/** The kernels of the server. */
export interface IKernels {
  readonly runningChanged: ISignal<unknown, unknown>;
  running(): Iterable<Pick<Kernel.IModel, 'id' | 'name' | 'execution_state'>>;
  shutdown(id: string): Promise<void>;
}

/** The kernels of JupyterLab that run on a compute; nothing if there are none. */
export function ComputeKernels({ kernels, compute }: { kernels: IKernels; compute: string }): JSX.Element | null {
  const trans = useTrans();
  useVersion(kernels.runningChanged);
  const prefix = `jupyter-ml.${compute.toLowerCase()}.`;
  const running = [...kernels.running()].filter(({ name }) => `${name}.`.startsWith(prefix));
  if (!running.length) return null;
  const shutDown = async (id: string, name: string): Promise<void> => {
    const title = trans.__('Shut Down Kernel');
    const body = trans.__('Shut down %1? Its variables are lost.', visible(name));
    const answer = await showDialog({
      title,
      body,
      buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Shut Down') })],
      defaultButton: 0
    });
    if (answer.button.accept) await withErrorDialog(title, trans, () => kernels.shutdown(id));
  };
  return (
    <section className="jp-MLProperties" aria-label={trans.__('Kernels')}>
      <h3 className="jp-MLProperties-title">{trans.__('Kernels')}</h3>
      <ul className="jp-MLComputeJobs">
        {running.map(({ id, name, execution_state }) => (
          <li key={id}>
            <span>{visible(name)}</span>
            <span>{execution_state}</span>
            <button
              className="jp-MLNotice-action"
              aria-label={trans.__('Shut down %1', visible(name))}
              onClick={() => void shutDown(id, name)}
            >
              {trans.__('Shut Down')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
