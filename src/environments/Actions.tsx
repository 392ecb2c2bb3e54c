// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { JSX } from 'react';

import type { Environment } from '../api';
import { formatBytes, visible, withErrorDialog } from '../components';
import { useTrans } from '../hooks';
import { reference } from './creation';
import type { IEnvironmentViewProps } from './EnvironmentView';

/** What can be done with the shown version. */
export function Actions(props: IEnvironmentViewProps & { shown: Environment }): JSX.Element {
  const { model, shown, onShowLineage, onCreate } = props;
  const trans = useTrans();
  const { build } = model;
  const isBuilt = build?.state === 'built';
  const remove = async (): Promise<void> => {
    const answer = await showDialog({
      title: trans.__('Delete Installation'),
      body: trans.__(
        'Delete the installation of %1 (%2)? Its kernel disappears from JupyterLab. The lock stays: the next build installs the same versions.',
        visible(reference(shown)),
        formatBytes(build?.bytes ?? 0)
      ),
      buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Delete') })],
      defaultButton: 0
    });
    if (answer.button.accept) await model.deleteBuild();
  };
  return (
    <span className="jp-MLAsset-actions">
      {build && (build.state === 'not_built' || build.state === 'failed') && (
        <button
          className="jp-MLNotice-action"
          onClick={() => void withErrorDialog(trans.__('Build'), trans, () => model.startBuild())}
        >
          {trans.__('Build Now')}
        </button>
      )}
      <button className="jp-MLNotice-action" onClick={onCreate}>
        {trans.__('New Version…')}
      </button>
      <button className="jp-MLNotice-action" onClick={() => onShowLineage(shown.version)}>
        {trans.__('Show Lineage')}
      </button>
      {isBuilt && (
        <button
          className="jp-MLNotice-action"
          onClick={() => void withErrorDialog(trans.__('Delete Installation'), trans, remove)}
        >
          {trans.__('Delete Installation…')}
        </button>
      )}
    </span>
  );
}
