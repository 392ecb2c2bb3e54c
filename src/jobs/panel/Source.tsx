// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { useEffect, useRef } from 'react';
import type { JSX } from 'react';

import { useTools } from './context';

const MAX_COLOURED = 50_000;

/** Source code with the syntax highlighting of JupyterLab. */
export function Source({ code, language }: { code: string; language: string }): JSX.Element {
  const { languages } = useTools();
  const node = useRef<HTMLPreElement>(null);
  useEffect(() => {
    const target = node.current;
    if (!target) return;
    target.textContent = code;
    if (target.scrollHeight > target.clientHeight) target.tabIndex = 0; // the keyboard can scroll it
    const found = languages?.findBest(language);
    if (!languages || !found || code.length > MAX_COLOURED) return;
    let shown = true;
    const coloured = document.createElement('pre');
    void languages.highlight(code, found, coloured).then(() => {
      if (shown) target.replaceChildren(...coloured.childNodes);
    });
    return () => {
      shown = false;
    };
  }, [code, language, languages]);
  return <pre ref={node} className="jp-MLSource" />;
}
