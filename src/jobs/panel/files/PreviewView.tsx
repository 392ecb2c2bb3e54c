// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { Notice } from '../../../components';
import { useTrans } from '../../../hooks';
import { Source } from '../Source';
import type { Preview } from './model';

/** The preview of a file. */
export function PreviewView({ preview, name }: { preview: Preview | null; name: string }): JSX.Element {
  const trans = useTrans();
  switch (preview?.kind) {
    case 'image':
      return (
        <div className="jp-MLPreview">
          <img src={preview.url} alt={name} />
        </div>
      );
    case 'text':
      return (
        <div className="jp-MLPreview" tabIndex={0}>
          <Source code={preview.text} language={languageOf(name)} />
        </div>
      );
    case 'table':
      return (
        <div className="jp-MLPreview jp-RenderedHTMLCommon" tabIndex={0}>
          <Table rows={preview.rows} />
          {preview.truncated && <Notice>{trans.__('Only the first %1 rows are shown.', preview.rows.length)}</Notice>}
        </div>
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
      return <div className="jp-MLPreview" aria-busy />;
  }
}

function Table({ rows: [head, ...rows] }: { rows: string[][] }): JSX.Element | null {
  if (!head) return null;
  return (
    <table>
      <thead>
        <tr>
          {head.map((cell, index) => (
            <th key={index}>{cell}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, number) => (
          <tr key={number}>
            {row.map((cell, index) => (
              <td key={index}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function languageOf(name: string): string {
  const languages: Record<string, string> = { py: 'python', r: 'r', ipynb: 'json', md: 'markdown', sh: 'shell' };
  const extension = name.split('.').at(-1) ?? '';
  return languages[extension] ?? extension;
}
