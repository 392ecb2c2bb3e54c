// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';
import type { JSX } from 'react';

import type { ComputeNode, ComputeNodes } from '../api';
import { Age, Notice, visible } from '../components';
import { useTrans } from '../hooks';

/** The nodes of a compute with their states, and a link to its dashboard. */
export function ComputeNodesTable({ nodes }: { nodes: ComputeNodes }): JSX.Element {
  const trans = useTrans();
  const headers = [trans.__('Node'), trans.__('State'), trans.__('Jobs'), trans.__('Kernels'), trans.__('Since')];
  return (
    <section className="jp-MLProperties" aria-label={trans.__('Nodes')}>
      <div className="jp-MLCompute-title">
        <h3 className="jp-MLProperties-title">{trans.__('Nodes')}</h3>
        <span className="jp-MLCompute-fact">{trans.__('%1 now, %2 needed', nodes.nodes.length, nodes.target)}</span>
        {nodes.dashboard && (
          <a className="jp-MLNotice-action" href={nodes.dashboard} target="_blank" rel="noopener noreferrer">
            {trans.__('Open Dashboard')}
          </a>
        )}
      </div>
      {nodes.message && <Notice>{visible(nodes.message, true)}</Notice>}
      {nodes.nodes.length > 0 && (
        <table className="jp-MLComputeNodes">
          <thead>
            <tr>
              {headers.map(header => (
                <th key={header} scope="col">
                  {header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {nodes.nodes.map(({ name, host, state, jobs, kernels, since, message }) => (
              <tr key={name} title={message ?? undefined}>
                <td>{visible(host ?? name)}</td>
                <td>{nodeStateText(state, trans)}</td>
                <td>{jobs}</td>
                <td>{kernels}</td>
                <td>
                  <Age time={since} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function nodeStateText(state: ComputeNode['state'], trans: TranslationBundle): string {
  const words: Record<ComputeNode['state'], string> = {
    preparing: trans.__('Preparing'),
    idle: trans.__('Idle'),
    running: trans.__('Running'),
    leaving: trans.__('Leaving'),
    unusable: trans.__('Unusable')
  };
  return words[state];
}
