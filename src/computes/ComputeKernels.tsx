// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { Kernel } from '@jupyterlab/services';
import type { ISignal } from '@lumino/signaling';
import type { JSX } from 'react';

import { visible, withErrorDialog } from '../components';
import { useTrans, useVersion } from '../hooks';
import { LOCAL } from './texts';

/** The kernels of the server. */
export interface IKernels {
  readonly runningChanged: ISignal<unknown, unknown>;
  running(): Iterable<Pick<Kernel.IModel, 'id' | 'name' | 'execution_state'>>;
  /** Return the display name of a kernelspec. */
  titleOf(name: string): string;
  /** Return the path of the notebook that uses a kernel. */
  notebookOf(id: string): string | undefined;
  openNotebook(path: string): void;
  shutdown(id: string): Promise<void>;
}

/** The kernels of JupyterLab that run on a compute; nothing if there are none. */
export function ComputeKernels({ kernels, compute }: { kernels: IKernels; compute: string }): JSX.Element | null {
  const trans = useTrans();
  useVersion(kernels.runningChanged);
  const prefix = `jupyter-ml.${compute.toLowerCase()}.`;
  const running = [...kernels.running()].filter(({ name }) =>
    compute === LOCAL ? !name.startsWith('jupyter-ml.') : `${name}.`.startsWith(prefix)
  );
  if (!running.length) return null;
  const shutDown = async (id: string, title: string): Promise<void> => {
    const heading = trans.__('Shut Down Kernel');
    const answer = await showDialog({
      title: heading,
      body: trans.__('Shut down %1? Its variables are lost.', title),
      buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Shut Down') })],
      defaultButton: 0
    });
    if (answer.button.accept) await withErrorDialog(heading, trans, () => kernels.shutdown(id));
  };
  return (
    <section className="jp-MLProperties" aria-label={trans.__('Kernels')}>
      <h3 className="jp-MLProperties-title">{trans.__('Kernels')}</h3>
      <ul className="jp-MLComputeJobs">
        {running.map(({ id, name, execution_state }) => {
          const path = kernels.notebookOf(id);
          const type = visible(kernels.titleOf(name));
          const title = path ? visible(path) : type;
          return (
            <li key={id}>
              {path ? (
                <button className="jp-MLNotice-action" title={type} onClick={() => kernels.openNotebook(path)}>
                  {title}
                </button>
              ) : (
                <span>{title}</span>
              )}
              <span className="jp-MLCompute-fact">{execution_state}</span>
              <button
                className="jp-MLNotice-action"
                aria-label={trans.__('Shut down %1', title)}
                onClick={() => void shutDown(id, title)}
              >
                {trans.__('Shut Down')}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
