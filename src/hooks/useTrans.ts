// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

import { nullTranslator } from '@jupyterlab/translation';
import type { TranslationBundle } from '@jupyterlab/translation';
import { createContext, useContext } from 'react';

/** Every React tree of ours begins with a provider of this. */
export const TransContext = createContext<TranslationBundle>(nullTranslator.load('jupyter_ml'));

/** The words of the reader's language. */
export function useTrans(): TranslationBundle {
  return useContext(TransContext);
}
