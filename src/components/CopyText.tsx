// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { Clipboard } from '@jupyterlab/apputils';
import type { JSX } from 'react';

import { useTrans } from '../hooks';

/** A text that is copied on click. */
export function CopyText({ text }: { text: string }): JSX.Element {
  const trans = useTrans();
  return (
    <button
      className="jp-MLCopyText"
      title={trans.__('Copy')}
      aria-label={trans.__('Copy %1', text)}
      onClick={() => Clipboard.copyToSystem(text)}
    >
      <code>{text}</code>
    </button>
  );
}
