// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import { useTrans } from '../hooks';

/** Marks a field whose value differs from that of the job that is cloned. */
export function Changed(): JSX.Element {
  const changed = useTrans().__('changed');
  return (
    <span className="jp-MLField-changed" role="img" aria-label={changed} title={changed}>
      {' '}
      ●
    </span>
  );
}
