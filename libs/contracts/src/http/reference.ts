import { jsonSchemaOf, type Json } from './openapi.js';
import { PROBLEM_CODES, PROBLEM_TYPE, problem, problemSchema } from './problem.js';
import type { ApiRoute } from './routes.js';
import { signalRequestSchema } from './signal-request.js';

/** The page docs/reference/http.md: every route of a running desk, from the schemas themselves. */
export function httpReference(routes: readonly ApiRoute[]): string {
  return [INTRODUCTION, overview(routes), ...routes.map(section), problems()].join('\n');
}

const INTRODUCTION = `# HTTP interface

<!-- Written by tools/docs.mjs from the schemas in libs/contracts. Change it there. -->

A running desk listens on 127.0.0.1, port 8420 (\`--port\`). It tells the same as an OpenAPI 3.1 document at
\`/v1/openapi.json\`. Signals are signed where the configuration names sources of them (\`ingest.sources\`): see
[POST /v1/signals](#post-v1signals). A desk without sources takes them unsigned, and does not start where other machines
reach its port, unless \`ingest.open: true\` says that they may. A desk that listens on this machine only answers requests
for this machine only (\`Host: localhost\`, \`127.0.0.1\`, \`[::1]\`), so that no web page can speak to it.

Bodies are JSON in UTF-8. Times are ISO 8601 in UTC; prices, quantities and amounts in answers are exact decimal texts.
A key that is given twice is an error, and so is one that is not known.
`;

function overview(routes: readonly ApiRoute[]): string {
  const rows = routes.map(
    ({ method, path, summary }) =>
      `| [\`${method} ${path}\`](#${anchor(`${method} ${path}`)}) | ${summary} |`,
  );
  return ['| route | what it does |', '| --- | --- |', ...rows, ''].join('\n');
}

function section(route: ApiRoute): string {
  const { body, contentType, example, method, notes, path, query, response, status = 200, summary } = route;
  const parts = [`## ${method} ${path}\n`, `${summary}.\n`];
  if (notes !== undefined) parts.push(`${notes}\n`);
  if (query !== undefined) parts.push('Query:\n', fieldTable(jsonSchemaOf(query, 'input')));
  if (body !== undefined) {
    // The one body that may also be a list is a list of what it is else.
    const isSignals = path === '/v1/signals';
    parts.push(
      isSignals ? 'Body: a signal, a list of signals, or `{"signals": [...]}`:\n' : 'Body:\n',
      fieldTable(jsonSchemaOf(isSignals ? signalRequestSchema : body, 'input')),
    );
  }
  if (example !== undefined) parts.push(`\`\`\`json\n${JSON.stringify(example, null, 2)}\n\`\`\`\n`);
  const answers = contentType === undefined ? fieldTable(jsonSchemaOf(response, 'output')) : '';
  const kind = contentType === undefined ? '' : `, ${contentType}`;
  parts.push(answers === '' ? `Answer: ${status}${kind}.\n` : `Answer: ${status}${kind}\n`);
  if (answers !== '') parts.push(answers);
  if (route.problems !== undefined) {
    const codes = route.problems.map((code) => `${problem(code, {}).status} \`${code}\``);
    parts.push(`Refused with: ${codes.join(', ')}.\n`);
  }
  return parts.join('\n');
}

function problems(): string {
  const rows = PROBLEM_CODES.map((code) => {
    const { status, title } = problem(code, {});
    return `| ${status} | \`${code}\` | ${title} |`;
  });
  return [
    '## What is refused\n',
    `With \`application/problem+json\` (RFC 9457); \`type\` is \`${PROBLEM_TYPE}\` and the code:\n`,
    ['| status | code | meaning |', '| --- | --- | --- |', ...rows, ''].join('\n'),
    fieldTable(jsonSchemaOf(problemSchema, 'output')),
  ].join('\n');
}

/** What a JSON schema says of every field; '' where it has none. */
function fieldTable(schema: Json): string {
  const rows = fieldRows(schema, '');
  if (rows.length === 0) return '';
  return ['| field | type | | meaning |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}

function fieldRows(schema: Json, prefix: string): string[] {
  const { properties = {}, required = [] } = schema as {
    properties?: Readonly<Record<string, Json>>;
    required?: readonly string[];
  };
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const need = required.includes(name) ? '' : 'optional';
    const cells = [`\`${path}\``, typeText(field), need, field['description'] ?? ''].map(String);
    const row = `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
    return [row, ...rowsBelow(field, path)];
  });
}

function rowsBelow(field: Json, path: string): string[] {
  if (field['properties'] !== undefined) return fieldRows(field, path);
  const { items, anyOf } = field as { items?: Json; anyOf?: readonly Json[] };
  if (items !== undefined) return rowsBelow(items, `${path}[]`);
  return anyOf === undefined ? [] : anyOf.flatMap((shape) => rowsBelow(shape, path));
}

function typeText(field: Json): string {
  const {
    anyOf,
    const: only,
    enum: words,
    format,
    items,
    type,
  } = field as {
    anyOf?: readonly Json[];
    const?: string | number | boolean;
    enum?: readonly unknown[];
    format?: string;
    items?: Json;
    type?: string | readonly string[];
  };
  if (Array.isArray(type)) return typeText({ anyOf: type.map((each: string) => ({ ...field, type: each })) });
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeText))].join(' or ');
  if (words !== undefined) return words.map((word) => `\`${String(word)}\``).join(', ');
  if (only !== undefined) return `\`${only}\``;
  if (type === 'array') return `list of ${typeText(items ?? {})}`;
  const name = type === 'string' ? (format ?? type) : String(type ?? 'anything');
  return TYPES[name] ?? name;
}

const TYPES: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  'date-time': 'time',
  integer: 'whole number',
  string: 'text',
};

/** As GitHub names headings. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
