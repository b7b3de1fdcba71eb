export type { Exporter } from './define.js';
export { LABELS, type LabelName } from './labels.js';
export * from './series.js';
export {
  addSample,
  count,
  createTally,
  declare,
  observe,
  samplesOf,
  type Tally,
  type TallyEntry,
} from './tally.js';
export { tallyFromJson, tallyToJson, type TallyJson } from './tally-json.js';
