// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

export { useSignalValue } from './useSignalValue';
export { TransContext, useTrans } from './useTrans';
export { useAge } from './useAge';
export { useHeight } from './useHeight';
export { useNow } from './useNow';
export { useVisibleOnce } from './useVisibleOnce';
export { useSelection } from './useSelection';
export { useVersion } from './useVersion';
