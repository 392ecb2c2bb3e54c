// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX, ReactNode } from 'react';

/** A message in place of content or above it, with at most one action. */
export function Notice(props: {
  children: ReactNode;
  error?: boolean;
  action?: string;
  onAction?: () => void;
}): JSX.Element {
  return (
    <div className={`jp-MLNotice${props.error ? ' jp-mod-error' : ''}`} role={props.error ? 'alert' : 'status'}>
      <span>{props.children}</span>
      {props.action && (
        <button className="jp-MLNotice-action" onClick={props.onAction}>
          {props.action}
        </button>
      )}
    </div>
  );
}
