import { isUtf8 } from 'node:buffer';

export type JsonBody =
  | { readonly ok: true; readonly value: unknown }
  /** Begins with the place: `line 1, column 12: ...`. */
  | { readonly ok: false; readonly message: string };

/**
 * Reads the JSON of a request. Stricter than JSON.parse in two things: a key that is given twice has no meaning that
 * both sides would agree on, and nothing here is nested deeply. What is wrong is said with its place.
 */
export function parseJsonBody(text: string): JsonBody {
  if (text.trim() === '') return { ok: false, message: 'the body is empty; send JSON' };
  const flaw = new Scanner(text).firstFlaw();
  if (flaw !== null) return { ok: false, message: `${placeOf(text, flaw.at)}: ${flaw.message}` };
  return { ok: true, value: JSON.parse(text) };
}

/** The same of a body as it came. */
export function parseJsonBytes(bytes: Uint8Array): JsonBody {
  const text = utf8Text(bytes);
  return text === null ? { ok: false, message: 'the body is not UTF-8' } : parseJsonBody(text);
}

/** The text of bytes; null where they are not UTF-8. */
export function utf8Text(bytes: Uint8Array): string | null {
  return isUtf8(bytes) ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) : null;
}

interface Flaw {
  readonly at: number;
  readonly message: string;
}

/** `keys`: those of an object so far; null: an array. */
interface Container {
  readonly keys: Set<string> | null;
}

const MOST_LEVELS = 32;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /(?:true|false|null)\b/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SPACE = /[ \t\n\r]*/y;

/** Walks the tokens once, without building anything. */
class Scanner {
  private at = 0;
  private readonly open: Container[] = [];

  constructor(private readonly text: string) {}

  firstFlaw(): Flaw | null {
    for (;;) {
      const flaw = this.value();
      if (flaw !== null) return flaw;
      // After a value: close what ends here, until another value is due.
      for (;;) {
        this.skipSpace();
        const inside = this.open.at(-1);
        if (inside === undefined) {
          return this.at === this.text.length ? null : this.expected('the end of the JSON');
        }
        const end = inside.keys === null ? ']' : '}';
        if (this.take(end)) {
          this.open.pop();
          continue;
        }
        if (!this.take(',')) return this.expected(`a comma or ${end}`);
        const keyFlaw = this.key(inside);
        if (keyFlaw !== null) return keyFlaw;
        break;
      }
    }
  }

  /** A value up to its end, or up to the first value that an object or array holds. */
  private value(): Flaw | null {
    for (;;) {
      this.skipSpace();
      const opens = this.text[this.at];
      if (opens !== '{' && opens !== '[') return this.scalar();
      if (this.open.length === MOST_LEVELS) return this.flaw(`nested more than ${MOST_LEVELS} levels deep`);
      this.at += 1;
      this.skipSpace();
      if (this.take(opens === '{' ? '}' : ']')) return null;
      const inside = { keys: opens === '{' ? new Set<string>() : null };
      this.open.push(inside);
      const flaw = this.key(inside);
      if (flaw !== null) return flaw;
    }
  }

  private scalar(): Flaw | null {
    if (this.text[this.at] === '"') return this.string();
    return this.match(NUMBER) || this.match(WORD) ? null : this.expected('a value');
  }

  /** Of an object, the key and its colon. */
  private key({ keys }: Container): Flaw | null {
    if (keys === null) return null;
    this.skipSpace();
    const start = this.at;
    if (this.text[start] !== '"') return this.expected('a key in double quotes');
    const flaw = this.string();
    if (flaw !== null) return flaw;
    const key = JSON.parse(this.text.slice(start, this.at)) as string;
    if (keys.has(key)) return { at: start, message: `the key ${shownText(key)} is given twice` };
    keys.add(key);
    this.skipSpace();
    return this.take(':') ? null : this.expected(`a colon after the key ${shownText(key)}`);
  }

  private string(): Flaw | null {
    const start = this.at;
    for (this.at += 1; this.at < this.text.length;) {
      const code = this.text.charCodeAt(this.at);
      if (code === QUOTE) {
        this.at += 1;
        return null;
      }
      if (code < FIRST_PRINTABLE) return this.flaw('a line break or control character inside a text');
      if (code !== BACKSLASH) this.at += 1;
      else if (!this.match(ESCAPE)) return this.flaw('a backslash that escapes nothing; write two');
    }
    return { at: start, message: 'a text that does not end' };
  }

  private skipSpace(): void {
    this.match(SPACE);
  }

  private match(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }

  private expected(what: string): Flaw {
    const rest = [...this.text.slice(this.at, this.at + 2)][0];
    return this.flaw(`expected ${what}, got ${rest === undefined ? 'the end' : JSON.stringify(rest)}`);
  }

  private flaw(message: string): Flaw {
    return { at: this.at, message };
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at).split('\n');
  return `line ${before.length}, column ${(before.at(-1) ?? '').length + 1}`;
}

function shownText(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}
