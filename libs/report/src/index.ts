export { filesReference } from './files-reference.js';
export * from './meta.js';
export type { StrategyTags } from './order-ids.js';
export { checkOutDir, REPORT_FILES } from './out-dir.js';
export { summarize } from './summary/summary.js';
export { renderTables, type RenderOptions } from './terminal/render-tables.js';
export * from './write-report.js';
export { moneyText, numberText, pctText, percentText, pnlText } from './format.js';
export { bad, bold, dim, good, plainTable, type Column } from './terminal/plain-table.js';
