export * from './meta.js';
export type { StrategyTags } from './order-ids.js';
export { checkOutDir, REPORT_FILES } from './out-dir.js';
export { summarize } from './summary/summary.js';
export { renderTables, type RenderOptions } from './terminal/render-tables.js';
export * from './write-report.js';
