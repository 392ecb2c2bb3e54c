// Copyright (c) the Jupyter ML developers.
// Distributed under the terms of the BSD 3-Clause License.

export { Age } from './Age';
export { ErrorNotice, errorText } from './ErrorNotice';
export * from './format';
export { mlIcon } from './icons';
export { JobCounts } from './JobCounts';
export { WarningIcon } from './WarningIcon';
export { Notice } from './Notice';
export { RowList } from './RowList';
export * from './state';
export { StateIcon } from './StateIcon';
export { visible } from './visible';
