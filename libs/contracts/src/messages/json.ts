/**
 * JSON for what the deciders speak of: bigints, Maps, Sets, and numbers that JSON has no word for keep their type. A
 * text that begins with `~` stands for one of them: `~n12` is the bigint 12, `~-Infinity` the number, `~~x` the text
 * `~x`. A Map is `{"~map": [[key, value], ...]}`, a Set `{"~set": [...]}`.
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
      return value.startsWith('~') ? `~${value}` : value;
    case 'number':
      return Number.isFinite(value) ? value : `~${value}`;
    case 'object':
      return value === null ? null : packObject(value);
    default:
      return value;
  }
}

function packObject(value: object): unknown {
  if (Array.isArray(value)) return value.map(pack);
  if (value instanceof Map) return { '~map': [...value].map(([key, held]) => [pack(key), pack(held)]) };
  if (value instanceof Set) return { '~set': [...value].map(pack) };
  const packed: Record<string, unknown> = {};
  for (const key in value) packed[key] = pack((value as Record<string, unknown>)[key]);
  return packed;
}

function unpack(value: unknown): unknown {
  if (typeof value === 'string') return value.startsWith('~') ? unpackText(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) value[i] = unpack(value[i]);
    return value;
  }
  const held = value as Record<string, unknown>;
  if (Array.isArray(held['~map'])) {
    return new Map(held['~map'].map((entry) => unpack(entry) as [unknown, unknown]));
  }
  if (Array.isArray(held['~set'])) return new Set(held['~set'].map(unpack));
  for (const key in held) held[key] = unpack(held[key]);
  return held;
}

function unpackText(text: string): unknown {
  if (text.startsWith('~n')) {
    try {
      return BigInt(text.slice(2));
    } catch {
      throw new SyntaxError(`${JSON.stringify(text)} is no whole number`);
    }
  }
  switch (text) {
    case '~Infinity':
      return Infinity;
    case '~-Infinity':
      return -Infinity;
    case '~NaN':
      return NaN;
    default:
      if (!text.startsWith('~~')) throw new SyntaxError(`${JSON.stringify(text)} stands for nothing`);
      return text.slice(1);
  }
}
