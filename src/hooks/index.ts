export { useSignalValue } from './useSignalValue';
export { TransContext, useTrans } from './useTrans';
export { useAge } from './useAge';
export { useHeight } from './useHeight';
export { useNow } from './useNow';
export { useSeen } from './useSeen';
export { useSelection } from './useSelection';
export { useVersion } from './useVersion';
