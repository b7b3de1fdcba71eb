import type { Exporter } from './define.js';
import { LABELS, type LabelName } from './labels.js';
import { SERIES, SERIES_NAMES, type SeriesName } from './series.js';

/** The page docs/reference/metrics.md: every series and every label, made from the table that is counted by. */
export function metricsReference(): string {
  return [
    '# Metrics',
    '',
    'Made from the code by `node tools/docs.mjs`; do not edit.',
    '',
    '`/metrics` shows these series in the Prometheus text format. What a role has counted is part of its state: after a',
    'restart it goes on where it was, and a replay of the journal counts nothing twice. What only the process can',
    'measure (wall time, duplicates, the bus) begins at 0 with the process. Series of a closed set of label values begin',
    'at 0 before anything has happened. A mock exchange has no limit on requests, so it has no series of what was used of one.',
    '',
    'A series is exported by one role only; where one process holds several shards, their counts are added up.',
    ...EXPORTERS.flatMap(section),
    '',
    '## Buckets',
    '',
    'Upper bounds; `+Inf` follows.',
    '',
    '| histogram | buckets |',
    '| --- | --- |',
    ...SERIES_NAMES.filter((series) => SERIES[series].type === 'histogram').map(
      (series) => `| ${code(series)} | ${SERIES[series].buckets.join(' ')} |`,
    ),
    '',
    '## Labels',
    '',
    'The id of an order or of a position is never a label.',
    '',
    '| label | meaning | values |',
    '| --- | --- | --- |',
    ...(Object.keys(LABELS) as LabelName[]).map(
      (name) =>
        `| ${code(name)} | ${LABELS[name].meaning} | ${(LABELS[name].values ?? []).map(code).join(', ')} |`,
    ),
    '',
  ].join('\n');
}

const TITLES: Readonly<Record<Exporter, string>> = {
  'order-generator': 'The order-generator',
  'oco-manager': 'The oco-manager',
  'execution-gateway': 'The execution-gateway',
  'every-role': 'Every role that has a journal, of its own shards',
  program: 'The program',
};
const EXPORTERS = Object.keys(TITLES) as Exporter[];

function section(exporter: Exporter): string[] {
  return [
    '',
    `## ${TITLES[exporter]}`,
    '',
    '| series | type | labels | meaning |',
    '| --- | --- | --- | --- |',
    ...SERIES_NAMES.filter((series) => SERIES[series].exporter === exporter).map(row),
  ];
}

function row(series: SeriesName): string {
  const { type, labels, help } = SERIES[series];
  return `| ${code(series)} | ${type} | ${labels.map(code).join(', ')} | ${help} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}
