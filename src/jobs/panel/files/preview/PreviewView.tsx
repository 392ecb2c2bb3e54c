// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { JobFile } from '../../../../api';
import { formatBytes, formatCount, Notice, visible } from '../../../../components';
import { useTrans } from '../../../../hooks';
import { Mime } from '../../Mime';
import { ModelCard } from '../../overview/ModelCard';
import { Source } from '../../Source';
import { useTools } from '../../context';
import type { FilesModel } from '../model';
import { HtmlView } from './HtmlView';
import { ImagesView } from './ImagesView';
import { extensionOf } from './kinds';
import { NotebookView } from './NotebookView';
import type { Preview } from './read';
import { TableView } from './TableView';

/** The preview of a file or directory. */
export function PreviewView(props: {
  model: FilesModel;
  file: JobFile;
  preview: Preview | null;
  /** Whether it could not be loaded. */
  failed: boolean;
}): JSX.Element | null {
  const { model, file, preview, failed } = props;
  const trans = useTrans();
  const { rendermime } = useTools();
  switch (preview?.kind) {
    case 'image':
      return (
        <div className="jp-MLPreview">
          <img src={preview.url} alt={visible(file.path)} />
        </div>
      );
    case 'images':
      return <ImagesView key={file.path} groups={preview.images} model={model} />;
    case 'html':
      return <HtmlView key={file.path} html={preview.text} title={visible(file.path)} />;
    case 'markdown':
      return (
        <div className="jp-MLPreview" tabIndex={0}>
          <Mime type="text/markdown" data={preview.text} />
        </div>
      );
    case 'notebook':
      return <NotebookView notebook={preview.notebook} />;
    case 'json':
      return (
        <div className="jp-MLPreview" tabIndex={0}>
          {rendermime.mimeTypes.includes('application/json') ? (
            <Mime type="application/json" data={preview.data} />
          ) : (
            <Source code={JSON.stringify(preview.data, null, 2)} language="json" />
          )}
        </div>
      );
    case 'text':
      return (
        <div className="jp-MLPreview" tabIndex={0}>
          {preview.truncated && <Notice>{trans.__('Only the beginning of the file is shown.')}</Notice>}
          <Source code={preview.text} language={languageOf(file.path)} />
        </div>
      );
    case 'table':
      return <TableView table={preview} />;
    case 'model':
      return (
        <div className="jp-MLPreview" tabIndex={0}>
          <ModelCard model={preview.model} />
        </div>
      );
    case 'directory':
      return (
        <Notice>
          {preview.truncated
            ? trans.__('More than %1 files', formatCount(preview.files))
            : trans._n(
                '%2 file, %3',
                '%2 files, %3',
                preview.files,
                formatCount(preview.files),
                formatBytes(preview.size)
              )}
        </Notice>
      );
    case 'none':
      return (
        <Notice>
          {preview.why === 'large'
            ? trans.__('The file is too large for a preview. Download it to view it.')
            : trans.__('No preview is available for this type of file. Download it to view it.')}
        </Notice>
      );
    default:
      return failed ? null : <div className="jp-MLPreview" aria-busy />;
  }
}

function languageOf(path: string): string {
  const languages: Record<string, string> = { py: 'python', r: 'r', ipynb: 'json', md: 'markdown', sh: 'shell' };
  const extension = path.endsWith('MLmodel') ? 'yaml' : extensionOf(path);
  return languages[extension] ?? extension;
}
