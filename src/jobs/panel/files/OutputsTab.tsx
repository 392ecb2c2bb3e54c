// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useId } from 'react';
import type { JSX, KeyboardEvent } from 'react';

import type { Job, JobFile } from '../../../api';
import { ErrorNotice, formatBytes, formatMoment, Notice, visible } from '../../../components';
import { useTrans, useVersion } from '../../../hooks';
import { JobCommands } from '../../commands';
import { filePath, notebookPath } from '../../drive';
import { isFinal } from '../../state';
import { useTools } from '../tools';
import { kindOf } from './model';
import type { FilesModel } from './model';
import { Outside } from './Outside';
import { PreviewView } from './PreviewView';

/** JupyterLab keeps whole documents in memory. */
const MAX_DOCUMENT = 50_000_000;

/** The files of a job, with a preview of the selected one. */
export function OutputsTab({ model, job }: { model: FilesModel; job: Job }): JSX.Element {
  const trans = useTrans();
  useVersion(model.changed);
  const id = useId();
  useEffect(() => void model.refresh(), [model]);
  const { files, selected } = model;
  if (!files?.length) {
    const text = isFinal(job.state)
      ? trans.__('The job has no files.')
      : trans.__('Files that the job writes to outputs/ are shown here.');
    return model.error ? (
      <ErrorNotice error={model.error} onRetry={() => void model.refresh()} />
    ) : (
      <>
        <Notice>{files && text}</Notice>
        <Outside outside={model.outside} />
      </>
    );
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const index = files.findIndex(({ path }) => path === selected?.path);
    const target = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: files.length - 1 }[event.key];
    if (target === undefined || !files[target]) return;
    event.preventDefault();
    model.select(files[target].path);
  };
  return (
    <div className="jp-MLFiles">
      <div className="jp-MLFiles-side">
        <div
          className="jp-MLFiles-list"
          role="listbox"
          aria-label={trans.__('Files')}
          aria-activedescendant={selected ? `${id}-${files.indexOf(selected)}` : undefined}
          tabIndex={0}
          onKeyDown={onKeyDown}
        >
          {files.map((file, index) => (
            <div
              key={file.path}
              id={`${id}-${index}`}
              className={`jp-MLFile${file === selected ? ' jp-mod-selected' : ''}`}
              role="option"
              aria-selected={file === selected}
              title={`${visible(file.path)}\n${file.modified_at ? formatMoment(file.modified_at) : ''}`}
              onClick={() => model.select(file.path)}
            >
              <span className="jp-MLFile-path">{visible(file.path)}</span>
              <span className="jp-MLFile-size">{file.size_bytes === null ? null : formatBytes(file.size_bytes)}</span>
            </div>
          ))}
          {model.truncated && (
            <Notice>{trans.__('Not all files are shown. Download the job to get all of them.')}</Notice>
          )}
        </div>
        <Outside outside={model.outside} />
      </div>
      {selected && (
        <div className="jp-MLFiles-preview">
          <FileActions model={model} job={job} file={selected} />
          {model.error && <ErrorNotice error={model.error} />}
          <PreviewView preview={model.preview} name={selected.path} />
        </div>
      )}
    </div>
  );
}

function FileActions({ model, job, file }: { model: FilesModel; job: Job; file: JobFile }): JSX.Element {
  const trans = useTrans();
  const { commands, open } = useTools();
  const isNotebook = file.path === 'output.ipynb';
  const path = isNotebook ? notebookPath(job) : filePath(job.name, file);
  const isShort = (file.size_bytes ?? 0) <= MAX_DOCUMENT;
  return (
    <div className="jp-MLFiles-actions">
      <span className="jp-MLFile-path" title={visible(file.path)}>
        {visible(file.path)}
      </span>
      {isShort && (isNotebook || kindOf(file) !== 'binary' || file.media_type === 'application/pdf') && (
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
      {isShort && commands.hasCommand(JobCommands.saveCopy) && (
        <button className="jp-MLNotice-action" onClick={() => void commands.execute(JobCommands.saveCopy, { path })}>
          {trans.__('Save a Copy…')}
        </button>
      )}
      <a className="jp-MLNotice-action" href={model.url(file)} download={file.path.split('/').at(-1)}>
        {trans.__('Download')}
      </a>
    </div>
  );
}
