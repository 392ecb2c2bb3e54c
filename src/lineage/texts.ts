// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { TranslationBundle } from '@jupyterlab/translation';

import { visible } from '../components';
import type { LineageEdge, LineageNode } from './model';

/** Return the kind of a node as a word. */
export function kindText({ kind }: LineageNode, trans: TranslationBundle): string {
  const words: Record<string, string> = {
    job: trans.__('Job'),
    notebook: trans.__('Notebook'),
    data: trans.__('Data'),
    model: trans.__('Model'),
    environment: trans.__('Environment')
  };
  return words[kind] ?? kind;
}

/** Return what a job has to do with an asset, e.g. "input train". */
export function roleText({ role, label }: LineageEdge, trans: TranslationBundle): string {
  const words: Record<LineageEdge['role'], string> = {
    input: trans.__('input'),
    environment: trans.__('environment'),
    read: trans.__('read in code'),
    output: trans.__('output')
  };
  return label ? `${words[role]} ${visible(label)}` : words[role];
}

/** Return the second line of a node: its kind, its state, and whether it was deleted. */
export function detailText(node: LineageNode, trans: TranslationBundle): string {
  const parts = [kindText(node, trans), node.state, node.deleted ? trans.__('deleted') : null];
  return parts.filter(Boolean).join(' · ');
}

/** Return the description of a node for screen readers. */
export function nodeText(
  node: LineageNode,
  nodes: readonly LineageNode[],
  edges: readonly LineageEdge[],
  trans: TranslationBundle
): string {
  const titleOf = (id: string): string => visible(nodes.find(node => node.id === id)?.title ?? id);
  const sources = edges.filter(edge => edge.target === node.id).map(edge => titleOf(edge.source));
  const targets = edges.filter(edge => edge.source === node.id).map(edge => titleOf(edge.target));
  const parts = [`${visible(node.title)}, ${detailText(node, trans)}`];
  if (sources.length) parts.push(trans.__('came from %1', sources.join(', ')));
  if (targets.length) parts.push(trans.__('used by or created: %1', targets.join(', ')));
  return parts.join('; ');
}
