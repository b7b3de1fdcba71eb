/**
 * JSON for what the deciders speak of: bigints, Maps, Sets, and numbers that JSON has no word for keep their type. A
 * text that begins with `~` stands for one of them: `~n12` is the bigint 12, `~-Infinity` the number, `~~x` the text
 * `~x`. A Map is `{"~map": [[key, value], ...]}`, a Set `{"~set": [...]}`, and a key `~x` of an object `~~x`. What is
 * undefined is left out, as JSON does; -0 is 0.
 */
export function encodeJson(value: unknown): string {
  return JSON.stringify(pack(value));
}

/** Undoes `encodeJson`. Throws a SyntaxError where the text is no such JSON. */
export function decodeJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  // Most records hold nothing that needs a second look.
  return text.includes('"~') ? unpack(value) : value;
}

function pack(value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return `~n${value}`;
    case 'string':
      return escaped(value);
    case 'number':
      return Number.isFinite(value) ? value : `~${value}`;
    case 'object':
      return value === null ? null : packObject(value);
    default:
      return value;
  }
}

/** What holds nothing special is not copied: most values do not. */
function packObject(value: object): unknown {
  if (Array.isArray(value)) return packList(value);
  if (value instanceof Map) return { '~map': [...value].map(([key, held]) => [pack(key), pack(held)]) };
  if (value instanceof Set) return { '~set': packList([...value]) };
  const held = value as Readonly<Record<string, unknown>>;
  let copy: Record<string, unknown> | null = null;
  for (const key in held) {
    const packed = pack(held[key]);
    if (copy === null) {
      if (packed === held[key] && !key.startsWith('~')) continue;
      copy = {};
      for (const before in held) {
        if (before === key) break;
        copy[before] = held[before];
      }
    }
    copy[escaped(key)] = packed;
  }
  return copy ?? value;
}

function packList(list: readonly unknown[]): readonly unknown[] {
  let copy: unknown[] | null = null;
  for (let i = 0; i < list.length; i += 1) {
    const packed = pack(list[i]);
    if (packed !== list[i]) (copy ??= [...list])[i] = packed;
  }
  return copy ?? list;
}

function escaped(text: string): string {
  return text.startsWith('~') ? `~${text}` : text;
}

function unpack(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith('~') ? unpackText(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) value[i] = unpack(value[i]);
    return value;
  }
  const held = value as Record<string, unknown>;
  for (const key in held) if (key.startsWith('~')) return unpackKeys(held);
  for (const key in held) held[key] = unpack(held[key]);
  return held;
}

/** An object with a key that stands for something else. */
function unpackKeys(held: Record<string, unknown>): unknown {
  const map = held['~map'];
  if (map !== undefined) return new Map(listOf(map).map(entryOf));
  const set = held['~set'];
  if (set !== undefined) return new Set(listOf(set).map(unpack));
  return Object.fromEntries(
    Object.entries(held).map(([key, inside]) => {
      if (!key.startsWith('~')) return [key, unpack(inside)];
      if (!key.startsWith('~~')) throw meaningless(key);
      return [key.slice(1), unpack(inside)];
    }),
  );
}

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw new SyntaxError('a Map or a Set is written as a list');
}

function entryOf(entry: unknown): [unknown, unknown] {
  const [key, held, ...others] = listOf(entry);
  if (held === undefined || others.length > 0)
    throw new SyntaxError('an entry of a Map is a key and a value');
  return [unpack(key), unpack(held)];
}

function unpackText(text: string): unknown {
  if (text.startsWith('~n')) {
    if (!/^~n-?\d+$/.test(text)) throw new SyntaxError(`${JSON.stringify(text)} is no whole number`);
    return BigInt(text.slice(2));
  }
  switch (text) {
    case '~Infinity':
      return Infinity;
    case '~-Infinity':
      return -Infinity;
    case '~NaN':
      return NaN;
    default:
      if (!text.startsWith('~~')) throw meaningless(text);
      return text.slice(1);
  }
}

function meaningless(text: string): SyntaxError {
  return new SyntaxError(`${JSON.stringify(text)} stands for nothing`);
}
