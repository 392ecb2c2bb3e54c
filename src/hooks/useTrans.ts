// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import { createContext, useContext } from 'react';

/** Provides the translation bundle; the root of each React tree. */
export const TransContext = createContext<TranslationBundle>(nullTranslator.load('jupyter_ml'));

/** Return the translation bundle. */
export function useTrans(): TranslationBundle {
  return useContext(TransContext);
}
