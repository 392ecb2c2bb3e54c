// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect } from 'react';
import type { JSX } from 'react';

import { CopyButton, ErrorNotice, Notice, visible } from '../components';
import { useTrans, useVersion } from '../hooks';
import { FileTreeView } from '../jobs/panel/files/FileTreeView';
import type { FilesModel } from '../jobs/panel/files/model';
import { PreviewView } from '../jobs/panel/files/preview/PreviewView';

/** The files of a version as a tree, with a preview of the selected one. */
export function FilesTab({ files }: { files: FilesModel }): JSX.Element {
  const trans = useTrans();
  useVersion(files.changed);
  useEffect(() => void files.refresh(), [files]);
  const { selected, error } = files;
  const problems = files.problems.map(problem => (
    <Notice key={problem} error>
      {visible(problem)}
    </Notice>
  ));
  if (!files.tree.rows.length) {
    return (
      <div className="jp-MLFiles-empty">
        {error ? <ErrorNotice error={error} onRetry={() => void files.refresh()} /> : problems}
        {files.isLoaded && !problems.length && <Notice>{trans.__('The version has no files.')}</Notice>}
      </div>
    );
  }
  return (
    <div className="jp-MLFiles">
      <div className="jp-MLFiles-side">
        {problems}
        <FileTreeView model={files} />
      </div>
      {selected && (
        <div className="jp-MLFiles-preview">
          <div className="jp-MLFiles-actions">
            <span className="jp-MLFile-path" title={visible(selected.path)}>
              {visible(selected.path)}
            </span>
            {selected.uri && (
              <CopyButton text={selected.uri} label={trans.__('Copy URI')} title={visible(selected.uri)} />
            )}
            <a
              className="jp-MLNotice-action"
              href={files.url(selected)}
              download={selected.directory || selected.path.split('/').at(-1)}
            >
              {trans.__('Download')}
            </a>
          </div>
          {error && <ErrorNotice error={error} />}
          <PreviewView model={files} file={selected} preview={files.preview} failed={error !== null} />
        </div>
      )}
    </div>
  );
}
