// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { JSX } from 'react';

import type { Model } from '../api';
import { CopyButton, visible, withErrorDialog } from '../components';
import { useTrans } from '../hooks';
import { useTools } from '../jobs/panel/context';
import { LineageCommands } from '../lineage/commands';
import type { RegisteredModel } from './model';

/** What can be done with the selected version. */
export function Actions({ model, selected }: { model: RegisteredModel; selected: Model }): JSX.Element {
  const trans = useTrans();
  const operation = selected.archived ? 'restore' : 'archive';
  const label = selected.archived ? trans.__('Restore') : trans.__('Archive');
  const { name, version } = selected;
  const { commands } = useTools();
  const ui = model.details?.ui_path;
  const remove = async (): Promise<void> => {
    const answer = await showDialog({
      title: trans.__('Delete Version'),
      body: trans.__(
        'Delete %1, with files that no other version has? This cannot be undone.',
        visible(`${name}:${version}`)
      ),
      buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Delete') })],
      defaultButton: 0
    });
    if (answer.button.accept) await model.change('delete');
  };
  return (
    <span className="jp-MLAsset-actions">
      <CopyButton
        text={`import mlflow\n\nmodel = mlflow.pyfunc.load_model("${selected.uri}")`}
        label={trans.__('Copy Code')}
        title={trans.__('Copy the Python code that loads this version')}
      />
      <a className="jp-MLNotice-action" href={model.files?.source.archiveUrl('')} download>
        {trans.__('Download')}
      </a>
      <button
        className="jp-MLNotice-action"
        onClick={() => void commands.execute(LineageCommands.show, { reference: `model:${name}:${version}` })}
      >
        {trans.__('Show Lineage')}
      </button>
      {ui && (
        <a
          className="jp-MLNotice-action"
          href={`${model.api.settings.baseUrl.replace(/\/$/, '')}${ui}`}
          target="_blank"
          rel="noreferrer"
        >
          {trans.__('Open in MLflow')}
        </a>
      )}
      <button
        className="jp-MLNotice-action"
        onClick={() => void withErrorDialog(label, trans, () => model.change(operation))}
      >
        {label}
      </button>
      <button
        className="jp-MLNotice-action"
        onClick={() => void withErrorDialog(trans.__('Delete Version'), trans, remove)}
      >
        {trans.__('Delete…')}
      </button>
    </span>
  );
}
