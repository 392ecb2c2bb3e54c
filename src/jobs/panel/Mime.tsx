// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSONValue } from '@lumino/coreutils';
import { Widget } from '@lumino/widgets';
import { useLayoutEffect, useRef } from 'react';
import type { JSX } from 'react';

import { useTools } from './context';

/** Data rendered by JupyterLab as untrusted: scripts do not run. */
export function Mime({ type, data }: { type: string; data: JSONValue }): JSX.Element {
  const { rendermime } = useTools();
  const node = useRef<HTMLDivElement>(null);
  // a widget must be detached before React removes its node
  useLayoutEffect(() => {
    if (!node.current) return;
    const renderer = rendermime.createRenderer(type);
    Widget.attach(renderer, node.current);
    void renderer.renderModel(rendermime.createModel({ data: { [type]: data }, trusted: false }));
    return () => renderer.dispose();
  }, [rendermime, type, data]);
  return <div ref={node} className="jp-MLMime" />;
}
