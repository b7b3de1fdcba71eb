import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { InputError } from '@bowline/contracts';

/** How far a file has been read. */
export interface FilePosition {
  /** Of the file itself, whatever it is called: `device:inode`. */
  readonly file: string;
  /** Bytes that need not be read again; a line begins there, unless one is being skipped. */
  readonly offset: number;
  /** Lines before it. */
  readonly line: number;
  /** The line that it stands in is too long, and its end is looked for. */
  readonly skipping: boolean;
  /** The first line, where it has the names of the columns. */
  readonly header: string | null;
  /** SHA-256 of the first bytes, to see that it is still the same content: how many, and what they came to. */
  readonly head: { readonly bytes: number; readonly hash: string };
}

/** Keeps the position of one file, over restarts. */
export class PositionFile {
  readonly path: string;

  /** @param folder is made where it is missing */
  constructor(
    private readonly folder: string,
    private readonly of: string,
  ) {
    const name = createHash('sha256').update(resolve(of)).digest('hex').slice(0, 8);
    this.path = join(folder, `${basename(of)}-${name}.json`);
  }

  /**
   * Null where there is none.
   *
   * @throws InputError where it is not what was written here
   */
  async read(): Promise<FilePosition | null> {
    let text: string;
    try {
      text = await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    const position = parsed(text);
    if (position !== null) return position;
    throw new InputError([
      `${this.path} does not say how far ${this.of} was read; remove it, and the file is read from its beginning (what has expired is left out)`,
    ]);
  }

  /** Is whole, or what was there before, whenever the process dies. */
  async write(position: FilePosition): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const next = `${this.path}.next`;
    const file = await open(next, 'w');
    try {
      await file.writeFile(`${JSON.stringify({ path: resolve(this.of), ...position })}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(next, this.path);
  }
}

function parsed(text: string): FilePosition | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { file, head, header, line, offset, skipping } = value as Partial<FilePosition>;
  const isPosition =
    typeof file === 'string' &&
    isCount(offset) &&
    isCount(line) &&
    typeof skipping === 'boolean' &&
    (header === null || typeof header === 'string') &&
    typeof head === 'object' &&
    isCount(head.bytes) &&
    typeof head.hash === 'string';
  return isPosition ? { file, offset, line, skipping, header, head } : null;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
