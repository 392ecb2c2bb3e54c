export { MetricsModel } from './model';
export { MetricsTab } from './MetricsTab';
