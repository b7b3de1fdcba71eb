/** Stands where a secret stood. */
export const REDACTED = '[secret]';

/** Deeper than anything that a message is about; what lies below is somebody's whole object tree. */
const MAX_DEPTH = 8;

/** What the name of a secret contains, in any spelling: `apiKey`, `X-MBX-APIKEY`, `binance_api_secret`. */
const SECRET_NAMES = [
  'apikey',
  'authorization',
  'cookie',
  'passphrase',
  'password',
  'privatekey',
  'secret',
  'signature',
  'token',
];

/**
 * The fields of a log line as plain JSON values, without secrets: a value is taken for one by its name, at any depth,
 * in Maps and on errors too.
 */
export function loggable(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return named(Object.entries(fields), 0);
}

function named(entries: Iterable<readonly [unknown, unknown]>, depth: number): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    const name = String(key);
    plain[name] = isSecret(name) ? REDACTED : plainValue(value, depth);
  }
  return plain;
}

function plainValue(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (depth === MAX_DEPTH) return '[...]';
  if (Array.isArray(value)) return value.map((item) => plainValue(item, depth + 1));
  if (value instanceof Set) return plainValue([...value], depth);
  if (value instanceof Map) return named(value, depth + 1);
  if (value instanceof Error) return named(partsOf(value), depth + 1);
  if (saysItself(value)) return plainValue(value.toJSON(), depth + 1);
  return named(Object.entries(value), depth + 1);
}

/** A Date, a URL, and whatever else knows how it is written. */
function saysItself(value: object): value is { toJSON(): unknown } {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

/** What an error says about itself, which is not enumerable, and what was hung on it. */
function partsOf(error: Error): [string, unknown][] {
  const parts: [string, unknown][] = [
    ['type', error.name],
    ['message', error.message],
    ['stack', error.stack],
    ...Object.entries(error),
  ];
  if (error.cause !== undefined) parts.push(['cause', error.cause]);
  return parts;
}

function isSecret(name: string): boolean {
  const letters = name.toLowerCase().replace(/[^a-z]/g, '');
  return SECRET_NAMES.some((secret) => letters.includes(secret));
}
