export { MetricsTab } from './MetricsTab';
export type { IMetricsTabProps } from './MetricsTab';
