// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Graph, layout } from '@dagrejs/dagre';

import type { LineageEdge, LineageNode } from './model';

export const WIDTH = 180;
export const HEIGHT = 44;

/**
 * How many columns an edge may cross that is laid out. Others are arcs behind the nodes: dagre gives each of them a
 * place in each column, which takes seconds where all jobs of a chain use one environment.
 */
const LONG_RANKS = 6;

/** Where a node is: its left top corner. */
export interface IPlace {
  x: number;
  y: number;
}

/** The places of nodes and the lines of edges. */
export interface ILayout {
  width: number;
  height: number;
  places: ReadonlyMap<string, IPlace>;
  /** The line of each edge as an SVG path, in the order of the edges. */
  lines: readonly string[];
}

/** Return places of nodes, from what came first at the left to what came last at the right. */
export function layOut(nodes: readonly LineageNode[], edges: readonly LineageEdge[]): ILayout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'LR', nodesep: 16, ranksep: 56, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) graph.setNode(id, { width: WIDTH, height: HEIGHT });
  const ranks = ranksOf(nodes, edges);
  const isLong = ({ source, target }: LineageEdge): boolean =>
    (ranks.get(target) ?? 0) - (ranks.get(source) ?? 0) > LONG_RANKS;
  edges.forEach((edge, index) => {
    if (!isLong(edge)) graph.setEdge(edge.source, edge.target, {}, String(index));
  });
  layout(graph);
  const places = new Map(
    nodes.map(({ id }) => {
      const { x, y } = graph.node(id) as IPlace;
      return [id, { x: x - WIDTH / 2, y: y - HEIGHT / 2 }];
    })
  );
  const lines = edges.map((edge, index) => {
    const { source, target } = edge;
    if (isLong(edge)) return arc(places.get(source)!, places.get(target)!);
    const { points } = graph.edge(source, target, String(index)) as { points: readonly IPlace[] };
    return points.map(({ x, y }, at) => `${at ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join(' ');
  });
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return { width, height, places, lines };
}

/** Return the column of each node: one more than that of the last node before it. Nodes of a cycle have none. */
function ranksOf(nodes: readonly LineageNode[], edges: readonly LineageEdge[]): ReadonlyMap<string, number> {
  const after = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  const before = new Map<string, number>(nodes.map(({ id }) => [id, 0]));
  for (const { source, target } of edges) {
    after.get(source)?.push(target);
    before.set(target, (before.get(target) ?? 0) + 1);
  }
  const ranks = new Map(nodes.filter(({ id }) => !before.get(id)).map(({ id }) => [id, 0]));
  const reached = [...ranks.keys()];
  for (const id of reached) {
    for (const target of after.get(id) ?? []) {
      ranks.set(target, Math.max(ranks.get(target) ?? 0, ranks.get(id)! + 1));
      before.set(target, before.get(target)! - 1);
      if (!before.get(target)) reached.push(target);
    }
  }
  for (const [id, missing] of before) if (missing) ranks.delete(id);
  return ranks;
}

/** Return an arc from the right of a node to the left of another one. */
function arc(from: IPlace, to: IPlace): string {
  const [x1, y1, x2, y2] = [from.x + WIDTH, from.y + HEIGHT / 2, to.x, to.y + HEIGHT / 2];
  const bend = Math.min(200, Math.abs(x2 - x1) / 2);
  return `M${x1.toFixed(1)} ${y1.toFixed(1)} C${(x1 + bend).toFixed(1)} ${y1.toFixed(1)} ${(x2 - bend).toFixed(1)} ${y2.toFixed(1)} ${x2.toFixed(1)} ${y2.toFixed(1)}`;
}
