// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useMemo, useRef } from 'react';
import type { JSX } from 'react';

import { ErrorNotice, Notice, visible } from '../components';
import { useTrans, useVersion } from '../hooks';
import { HEIGHT, layOut, WIDTH } from './layout';
import type { LineageModel, LineageNode } from './model';
import { detailText, nodeText, roleText } from './texts';

interface ILineageViewProps {
  model: LineageModel;
  /** Open what a node stands for. */
  onOpen: (node: LineageNode) => void;
}

/** The graph of what a job or an asset came from, at the left, and of what uses it, at the right. */
export function LineageView({ model, onOpen }: ILineageViewProps): JSX.Element {
  const trans = useTrans();
  const version = useVersion(model.changed);
  const { nodes, edges, error, id } = model;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- nodes and edges are those of the version
  const { width, height, places, lines } = useMemo(() => layOut(nodes, edges), [version]);
  const loaded = useRef<HTMLDivElement>(null);
  // an effect must not return the promise that Chromium's function returns
  useEffect(() => void loaded.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' }), [version]);
  if (error) return <ErrorNotice error={error} onRetry={() => void model.load()} />;
  if (!id) return <Notice>{trans.__('Reading the lineage…')}</Notice>;
  return (
    <>
      {edges.length === 0 && (
        <Notice>
          {trans.__(
            'Nothing is recorded yet. Jobs record the assets that they use and create when they start and end.'
          )}
        </Notice>
      )}
      <div className="jp-MLLineage-graph" style={{ width, height }}>
        <svg width={width} height={height} aria-hidden="true">
          <marker
            id="jp-MLLineage-arrow"
            viewBox="0 0 8 8"
            refX="8"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            orient="auto"
          >
            <path d="M0 0L8 4L0 8z" />
          </marker>
          {edges.map((edge, index) => (
            <path key={index} d={lines[index]} markerEnd="url(#jp-MLLineage-arrow)">
              <title>{roleText(edge, trans)}</title>
            </path>
          ))}
        </svg>
        {nodes.map(node => {
          const place = places.get(node.id);
          const before = new Set(edges.filter(edge => edge.target === node.id).map(edge => edge.source)).size;
          const after = new Set(edges.filter(edge => edge.source === node.id).map(edge => edge.target)).size;
          return (
            <div
              key={node.id}
              ref={node.id === model.loaded ? loaded : undefined}
              className={['jp-MLLineage-node', `jp-mod-${node.kind}`, node.id === id ? 'jp-mod-selected' : ''].join(
                ' '
              )}
              style={{ left: place?.x, top: place?.y, width: WIDTH, height: HEIGHT }}
            >
              {node.sources > before && (
                <More
                  count={node.sources - before}
                  before
                  full={model.isFull(node.id)}
                  onClick={() => void model.expand(node)}
                />
              )}
              <button
                className="jp-MLLineage-open"
                aria-label={nodeText(node, nodes, edges, trans)}
                aria-current={node.id === id}
                disabled={node.deleted}
                title={visible(node.title)}
                onClick={() => onOpen(node)}
              >
                <span className="jp-MLLineage-title">{visible(node.title)}</span>
                <span className="jp-MLLineage-detail">{detailText(node, trans)}</span>
              </button>
              {node.targets > after && (
                <More
                  count={node.targets - after}
                  full={model.isFull(node.id)}
                  onClick={() => void model.expand(node)}
                />
              )}
            </div>
          );
        })}
      </div>
    </>
  );
}

interface IMoreProps {
  count: number;
  before?: boolean;
  /** Whether no more can be shown. */
  full: boolean;
  onClick: () => void;
}

function More({ count, before, full, onClick }: IMoreProps): JSX.Element {
  const trans = useTrans();
  const text = full
    ? trans.__('%1 more are not shown: at most 1,000 are shown around one', count.toLocaleString())
    : before
      ? trans._n('Show %1 more that it came from', 'Show %1 more that it came from', count)
      : trans._n('Show %1 more that uses it', 'Show %1 more that use it', count);
  return (
    <button
      className={before ? 'jp-MLLineage-before' : 'jp-MLLineage-after'}
      aria-label={text}
      aria-disabled={full}
      title={text}
      onClick={full ? undefined : onClick}
    >
      {full ? trans.__('%1 not shown', count.toLocaleString()) : `+${count.toLocaleString()}`}
    </button>
  );
}
