// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useRef } from 'react';
import type { JSX } from 'react';

import type { Job, JobFile } from '../../../api';
import { CopyButton, ErrorNotice, Notice, visible } from '../../../components';
import { useTrans, useVersion } from '../../../hooks';
import { JobCommands } from '../../commands';
import { filePath, notebookPath } from '../../drive';
import { isFinal } from '../../state';
import { useTools } from '../context';
import { useRefresh } from '../useRefresh';
import { FileTreeView } from './FileTreeView';
import type { FilesModel } from './model';
import { Outside } from './Outside';
import { kindOf } from './preview/kinds';
import { PreviewView } from './preview/PreviewView';

/** JupyterLab keeps whole documents in memory. */
const MAX_DOCUMENT = 50_000_000;

/** The files and artifacts of a job as a tree, with a preview of the selected one. */
export function OutputsTab(props: {
  model: FilesModel;
  job: Job;
  /** A problem that is shown above the tabs already. */
  known?: string | null;
}): JSX.Element {
  const { model, job, known } = props;
  const trans = useTrans();
  useVersion(model.changed);
  const node = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!model.isLoaded) void model.refresh();
  }, [model]);
  useRefresh(node, isFinal(job.state) ? null : () => void model.refresh());
  const { selected } = model;
  return (
    <div ref={node} className="jp-MLFiles">
      {model.isLoaded && model.tree.rows.length > 0 ? (
        <>
          <div className="jp-MLFiles-side">
            <Problems model={model} known={known} />
            <FileTreeView model={model} />
            <div className="jp-MLFiles-all">
              <a className="jp-MLNotice-action" href={model.source.archiveUrl('')} download>
                {trans.__('Download All')}
              </a>
            </div>
            <Outside outside={model.outside} />
          </div>
          {selected && (
            <div className="jp-MLFiles-preview">
              <FileActions model={model} job={job} file={selected} />
              {model.error && <ErrorNotice error={model.error} />}
              <PreviewView model={model} file={selected} preview={model.preview} failed={model.error !== null} />
            </div>
          )}
        </>
      ) : (
        <Empty model={model} job={job} known={known} />
      )}
    </div>
  );
}

function Empty({ model, job, known }: Parameters<typeof OutputsTab>[0]): JSX.Element {
  const trans = useTrans();
  if (model.error) return <ErrorNotice error={model.error} onRetry={() => void model.refresh()} />;
  const text = isFinal(job.state)
    ? trans.__('The job has no files.')
    : trans.__('Files that the job writes to outputs/ or logs with MLflow are shown here.');
  return (
    <div className="jp-MLFiles-empty">
      <Problems model={model} known={known} />
      <Notice>{model.isLoaded && text}</Notice>
      <Outside outside={model.outside} />
    </div>
  );
}

function Problems({ model, known }: { model: FilesModel; known?: string | null }): JSX.Element {
  const trans = useTrans();
  const unknown = model.problems.filter(problem => problem !== known);
  return (
    <>
      {unknown.map(problem => (
        <Notice key={problem} error action={trans.__('Try again')} onAction={() => void model.refresh()}>
          {visible(problem)}
        </Notice>
      ))}
    </>
  );
}

function FileActions({ model, job, file }: { model: FilesModel; job: Job; file: JobFile }): JSX.Element {
  const trans = useTrans();
  const { commands, open } = useTools();
  const isNotebook = file.path === 'output.ipynb' && job.type === 'notebook';
  const path = isNotebook ? notebookPath(job) : filePath(job.name, file);
  const isDocument = !file.directory && (file.size_bytes ?? 0) <= MAX_DOCUMENT;
  const { uri } = file;
  return (
    <div className="jp-MLFiles-actions">
      <span className="jp-MLFile-path" title={visible(file.path)}>
        {visible(file.path)}
      </span>
      {isDocument && (isNotebook || kindOf(file) !== 'binary' || file.media_type === 'application/pdf') && (
        <button
          className="jp-MLNotice-action"
          title={trans.__('Open in a tab, read-only')}
          onClick={() =>
            isNotebook ? void commands.execute(JobCommands.openExecutedNotebook, { name: job.name }) : open(path)
          }
        >
          {trans.__('Open')}
        </button>
      )}
      {isDocument && commands.hasCommand(JobCommands.saveCopy) && (
        <button className="jp-MLNotice-action" onClick={() => void commands.execute(JobCommands.saveCopy, { path })}>
          {trans.__('Save a Copy…')}
        </button>
      )}
      {file.path !== 'code' && commands.hasCommand(JobCommands.registerModel) && (
        <button
          className="jp-MLNotice-action"
          title={trans.__('Register it as a version of a model')}
          onClick={() => void commands.execute(JobCommands.registerModel, { path: outputOf(job.name, file.path) })}
        >
          {trans.__('Register Model…')}
        </button>
      )}
      <CopyButton
        text={file.path}
        label={trans.__('Copy Path')}
        title={trans.__('Copy the path among the files of the job')}
      />
      {uri && <CopyButton text={uri} label={trans.__('Copy URI')} title={visible(uri)} />}
      <a className="jp-MLNotice-action" href={model.url(file)} download={file.directory || file.path.split('/').at(-1)}>
        {trans.__('Download')}
      </a>
    </div>
  );
}

/** Return the reference to a file of a job. */
function outputOf(job: string, path: string): string {
  return `azureml://jobs/${job}/outputs/artifacts/paths/${path}`;
}
