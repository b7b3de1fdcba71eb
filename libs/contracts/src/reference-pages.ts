import { configJsonSchema } from './config/json-schema.js';
import { configReference } from './config/reference.js';
import { storeReference } from './live-tables/reference.js';
import { ANALYTICS_ROUTES } from './http/analytics-routes.js';
import { httpReference } from './http/reference.js';
import { DESK_ROUTES } from './http/routes.js';
import { summaryJsonSchema } from './summary.js';
import { metricsReference } from './telemetry/reference.js';

/** A page of docs/reference, made from the code. */
export interface ReferencePage {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

/** Every page that tools/docs.mjs writes, and that a spec compares with what is there. */
export function referencePages(): ReferencePage[] {
  return [
    { path: 'docs/reference/configuration.md', text: configReference() },
    { path: 'docs/reference/config.schema.json', text: json(configJsonSchema()) },
    { path: 'docs/reference/http.md', text: httpReference([...DESK_ROUTES, ...ANALYTICS_ROUTES]) },
    { path: 'docs/reference/metrics.md', text: metricsReference() },
    { path: 'docs/reference/store.md', text: storeReference() },
    { path: 'docs/reference/backtest-summary.schema.json', text: json(summaryJsonSchema()) },
  ];
}

function json(schema: Record<string, unknown>): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}
