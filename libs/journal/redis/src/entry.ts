import { crc32 } from 'node:zlib';

/** UTF-8 has no bytes for half of a surrogate pair, which a string may hold: such a text is kept in UTF-16. */
const ENCODINGS = { u: 'utf8', w: 'utf16le' } as const;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** A text as Redis keeps it. */
export interface Kept {
  readonly bytes: Buffer;
  /** The letter of the encoding, and the CRC-32 of what the text is and of its bytes. */
  readonly check: string;
}

/** @param what tells it from every other text of the store */
export function keep(what: string, text: string): Kept {
  const letter = LONE_SURROGATE.test(text) ? 'w' : 'u';
  const bytes = Buffer.from(text, ENCODINGS[letter]);
  return { bytes, check: checkOf(letter, what, bytes) };
}

/** The text; null where a byte of it is not as it was, or it is another one. */
export function takeOut(what: string, { bytes, check }: Kept): string | null {
  const letter = check[0] === 'w' ? 'w' : 'u';
  return check === checkOf(letter, what, bytes) ? bytes.toString(ENCODINGS[letter]) : null;
}

function checkOf(letter: string, what: string, bytes: Buffer): string {
  return (
    letter +
    crc32(bytes, crc32(`${letter} ${what}\n`))
      .toString(16)
      .padStart(8, '0')
  );
}
