// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { lazy, Suspense } from 'react';
import type { ComponentType, JSX, ReactNode } from 'react';

import { ApiError } from '../api';
import { ErrorNotice } from './ErrorNotice';

/**
 * Return a component that is loaded when it is first rendered, to keep the start of JupyterLab fast.
 *
 * @param load - Import the component; an error is shown in its place.
 * @param placeholder - Shown until then.
 */
export function lazily<P extends object>(
  load: () => Promise<ComponentType<P>>,
  placeholder: ReactNode = null
): (props: P) => JSX.Element {
  const Loaded = lazy(async () => {
    try {
      return { default: await load() };
    } catch (reason) {
      return { default: () => <ErrorNotice error={ApiError.from(reason)} /> };
    }
  }) as unknown as ComponentType<P>;
  return function Lazy(props: P) {
    return (
      <Suspense fallback={placeholder}>
        <Loaded {...props} />
      </Suspense>
    );
  };
}
