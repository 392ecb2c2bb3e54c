// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Graph, layout } from '@dagrejs/dagre';

import type { LineageEdge, LineageNode } from './model';

export const WIDTH = 180;
export const HEIGHT = 44;

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
  edges.forEach(({ source, target }, index) => graph.setEdge(source, target, {}, String(index)));
  layout(graph);
  const places = new Map(
    nodes.map(({ id }) => {
      const { x, y } = graph.node(id) as IPlace;
      return [id, { x: x - WIDTH / 2, y: y - HEIGHT / 2 }];
    })
  );
  const lines = edges.map(({ source, target }, index) => {
    const { points } = graph.edge(source, target, String(index)) as { points: readonly IPlace[] };
    return points.map(({ x, y }, at) => `${at ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join(' ');
  });
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return { width, height, places, lines };
}
