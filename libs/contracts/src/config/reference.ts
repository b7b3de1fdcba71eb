import { deskSchema } from './schema/desk-schema.js';
import { schemaKeys, type SchemaKey } from './schema/walk.js';

/** The page docs/reference/configuration.md: every key of the configuration, from the schema itself. */
export function configReference(): string {
  return [
    INTRODUCTION,
    ...sections().map(({ name, keys, like }) => sectionText(name, keys, like)),
    NOTES,
  ].join('\n');
}

interface Section {
  readonly name: string;
  readonly keys: readonly SchemaKey[];
  /** An earlier section with these keys, and perhaps more. */
  readonly like: { readonly name: string; readonly without: readonly string[] } | null;
}

const INTRODUCTION = `# Configuration

<!-- Written by tools/docs.mjs from the schema in libs/contracts. Change it there. -->

One YAML file describes a desk. \`bowline init\` writes one with every option and its explanation.

- Keys may be written in camelCase or snake_case. An unknown key is an error, and so is a key that is given twice.
- Numbers are read as exact decimals with at most 18 digits on either side of the point. Percentages: 2 means 2 %.
- \`off\` in the column of defaults: the option does nothing until it is set, and \`null\` switches it off again.
- Every wrong field is reported at once, with line, column, path, and what is expected.
- Ids have 1 to 64 letters, digits, dots, dashes or underscores. Two that differ only by case are refused.
- Secrets stand in the file by reference only: \`env:NAME\`, \`file:PATH\`, or the bare name of a variable such as
  \`IKENNA_BINANCE_KEY\`, which reads as \`env:IKENNA_BINANCE_KEY\`.
- Anchors, aliases and \`<<\` merges work. A Python dict (\`config = { ... }\`) is read as well.
- Editors can check the file against [config.schema.json](config.schema.json), which knows the keys in camelCase:
  \`# yaml-language-server: $schema=docs/reference/config.schema.json\`.
`;

const NOTES = `## What spans several fields

- Of \`takeProfitSd\` and \`takeProfitPct\` at most one is set; likewise for \`stopLoss\`, \`trailingStop\` and \`breakEven\`.
- \`sizing\` has exactly one key. \`percentOfBalance\` and \`riskPerTrade\` need the \`accountBalance\` of every account of the
  client. With no sizing at all every entry is worth 1000 of the quote currency, and a warning says so.
- A strategy's overrides replace what the client says, key by key: a \`takeProfitPct\` there also replaces the client's
  \`takeProfitSd\`, and \`sizing\` and \`execution\` are replaced as a whole.
- \`maxLeverage\`, \`maxGrossExposure\`, \`maxNetExposure\`, \`maxDailyLoss\`, \`maxDrawdownPct\`, \`restrictedSymbols\` and
  \`duplicateOrderWindowMs\` are limits of the client: no strategy overrides them.
- \`maxLeverage\` cannot be checked for an account without \`accountBalance\`; a warning says so.
- \`timeInForce: GTX\` needs \`defaultOrderType: limit\`, and so does \`execution.type: iceberg\`; no \`execution\` goes with \`FOK\`.
- The secrets of a \`standard\` source are \`whsec_\` and 24 to 64 random bytes in base64, those of a \`tradingview\` source 16
  to 256 characters; no two are the same. How to make and replace them: [webhooks](../runbooks/webhooks.md).
- A line of a file in \`ingest.files\` has the fields of [POST /v1/signals](http.md#post-v1signals), and needs a \`time\`. What
  says nothing else expires 15 minutes after it, whenever it is read. A file is followed through rotation and truncation,
  how far it was read is kept in the folder of the desk, and a bad line is reported with its number and skipped.
- A message on a topic in \`ingest.subscriptions\` has such a body as its data; the time of the message stands for one that
  the signal does not have. What is no signal becomes a dead letter.
- Historical mode ignores \`environment\`, \`mode\`, \`ingest\`, \`storage\`, \`messaging\`, \`journal\`, \`dependencies\`, \`process\` and all keys of
  exchanges, and still checks that they are well formed.
`;

function sections(): Section[] {
  const byName = new Map<string, SchemaKey[]>();
  for (const key of schemaKeys(deskSchema)) {
    const name = key.path.slice(0, -1).join('.');
    byName.set(name, [...(byName.get(name) ?? []), key]);
  }
  const all: Section[] = [];
  for (const [name, keys] of byName) {
    const rows = new Set(keys.map(rowText));
    const whole = all.find(
      (earlier) => earlier.like === null && keys.length > 1 && isSubset(rows, earlier.keys),
    );
    const without = whole?.keys
      .filter((key) => !rows.has(rowText(key)))
      .map((key) => String(key.path.at(-1)));
    all.push({ name, keys, like: whole ? { name: whole.name, without: without ?? [] } : null });
  }
  return all;
}

function isSubset(rows: ReadonlySet<string>, keys: readonly SchemaKey[]): boolean {
  const whole = new Set(keys.map(rowText));
  return [...rows].every((row) => whole.has(row));
}

function sectionText(name: string, keys: readonly SchemaKey[], like: Section['like']): string {
  const title = `## ${name === '' ? 'Top level' : `\`${name}\``}\n`;
  if (like) {
    const but =
      like.without.length === 0 ? '' : `, without ${like.without.map((key) => `\`${key}\``).join(', ')}`;
    return `${title}\nThe keys of \`${like.name}\`${but}.\n`;
  }
  return [
    title,
    '| key | type | unit | default | meaning |',
    '| --- | --- | --- | --- | --- |',
    ...keys.map(rowText),
    '',
  ].join('\n');
}

function rowText(key: SchemaKey): string {
  const { meta, kind } = key;
  const cells = [
    `\`${key.path.at(-1)}\``,
    kind === 'section' && meta === null
      ? 'section'
      : (meta?.type ?? (kind === 'list' ? 'list of sections' : 'section')),
    meta?.unit ?? '',
    key.required ? 'required' : (meta?.default ?? (key.nullable ? 'off' : '')),
    key.description ?? meta?.meaning ?? '',
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}
