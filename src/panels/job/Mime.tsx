// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Widget } from '@lumino/widgets';
import { useLayoutEffect, useRef } from 'react';
import type { JSX } from 'react';

import { useTools } from './tools';

/** Something drawn by JupyterLab's renderer of its type. It is not trusted: no script of it runs. */
export function Mime({ type, data }: { type: string; data: string }): JSX.Element {
  const { rendermime } = useTools();
  const node = useRef<HTMLDivElement>(null);
  // before React takes the node out of the page: a widget has to be detached from where it is
  useLayoutEffect(() => {
    if (!node.current) return;
    const renderer = rendermime.createRenderer(type);
    Widget.attach(renderer, node.current);
    void renderer.renderModel(rendermime.createModel({ data: { [type]: data }, trusted: false }));
    return () => renderer.dispose();
  }, [rendermime, type, data]);
  return <div ref={node} className="jp-MLMime" />;
}
