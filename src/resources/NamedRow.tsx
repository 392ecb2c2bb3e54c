// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { Age, visible } from '../components';

export interface INamedRowProps {
  name: string;
  /** A tooltip. */
  description?: string | null;
  status: string;
  /** Whether the text reports a failure. */
  failed?: boolean;
  /** A time as the server sends it. */
  time: string;
}

/** The content of a row: the name of a resource, a short text, and a time. */
export function NamedRow({ name, description, status, failed, time }: INamedRowProps): JSX.Element {
  return (
    <>
      <span className="jp-MLRow-name" title={visible(description ?? name, true)}>
        {visible(name)}
      </span>
      <span className={`jp-MLRow-status${failed ? ' jp-mod-error' : ''}`}>{status}</span>
      <Age time={time} />
    </>
  );
}
