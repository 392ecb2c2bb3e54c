// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Clipboard } from '@jupyterlab/apputils';
import { useEffect, useState } from 'react';
import type { JSX } from 'react';

import { useTrans } from '../hooks';
import { SHOWN_MS } from './copying';

/** A text that is copied on click. */
export function CopyText({ text }: { text: string }): JSX.Element {
  const trans = useTrans();
  const [copy, isCopied] = useCopy(text);
  return (
    <>
      <button className="jp-MLCopyText" title={trans.__('Copy')} aria-label={trans.__('Copy %1', text)} onClick={copy}>
        <code>{text}</code>
      </button>
      <span className="jp-MLCopyText-copied" role="status">
        {isCopied && trans.__('Copied')}
      </span>
    </>
  );
}

/** A button that copies a text. */
export function CopyButton(props: { text: string; label: string; title: string }): JSX.Element {
  const trans = useTrans();
  const [copy, isCopied] = useCopy(props.text);
  return (
    <button className="jp-MLNotice-action" title={props.title} onClick={copy}>
      <span role="status">{isCopied ? trans.__('Copied') : props.label}</span>
    </button>
  );
}

/** Return a function that copies a text, and whether it was copied just now. */
function useCopy(text: string): [copy: () => void, isCopied: boolean] {
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return [
    () => {
      Clipboard.copyToSystem(text);
      setIsCopied(true);
    },
    isCopied
  ];
}
