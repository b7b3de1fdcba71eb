/**
 * Texts as bytes and back, each exactly as it was. UTF-8 has no bytes for half of a surrogate pair, which a string may
 * hold: such a text is kept in UTF-16.
 */
export const ENCODINGS = ['utf8', 'utf16le'] as const;

const LONE_SURROGATE = /\p{Surrogate}/u;

/** An index of `ENCODINGS`. */
export function encodingOf(text: string): number {
  return LONE_SURROGATE.test(text) ? 1 : 0;
}

/** Bytes that a text has at most, in either encoding. */
export function mostBytes(text: string): number {
  return text.length * 3;
}
