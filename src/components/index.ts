export { Age } from './Age';
export { ErrorNotice, errorText } from './ErrorNotice';
export * from './format';
export { mlIcon } from './icons';
export { JobCounts } from './JobCounts';
export { Notice } from './Notice';
export { RowList } from './RowList';
export * from './state';
export { StateIcon } from './StateIcon';
