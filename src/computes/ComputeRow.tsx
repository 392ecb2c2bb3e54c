// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import type { JSX } from 'react';

import type { ComputeInfo as Compute } from '../api';
import { useTrans } from '../hooks';
import { NamedRow } from '../resources/NamedRow';
import { stateText } from './texts';

/** The name of a compute, and its state. */
export function ComputeRow({ compute }: { compute: Compute }): JSX.Element {
  const trans = useTrans();
  const { name, description, state, message, changed_at, created_at } = compute;
  return (
    <NamedRow
      name={name}
      description={message ?? description}
      status={stateText(state, trans)}
      failed={state === 'Failed'}
      time={changed_at ?? created_at}
    />
  );
}
