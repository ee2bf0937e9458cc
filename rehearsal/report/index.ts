export { renderHtml } from './html/page';
export { inkFor, PLAIN, type Ink } from './ink';
export type * from './model';
export { renderTimelineSvg } from './picture/timeline-file';
export { createProgress, type Progress, type RotationProgress } from './progress';
export { countRefusals, countsAsRefused, type RefusalCounts } from './refusals';
export { renderSummary } from './summary';
