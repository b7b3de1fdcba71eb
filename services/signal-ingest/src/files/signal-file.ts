import { setTimeout as sleep } from 'node:timers/promises';
import { parseJsonBody } from '@bowline/contracts';
import type { IngestFile } from '@bowline/contracts';
import type { Logger } from '@bowline/ports';
import { reasonOf } from '../reason.js';
import type { Sender } from '../sender.js';
import type { SignalIngest } from '../signal-ingest.js';
import { csvCells } from './csv-line.js';
import { PositionFile, type FilePosition } from './file-position.js';
import { TailedFile, type TailedLine } from './tailed-file.js';

/** Bad lines that are named each time something is read; the others are counted. */
const NAMED = 20;
const SECOND_MS = 1000;

const EVENTS = {
  rotated: 'a file of signals was rotated: the one that took its name is read from its beginning',
  truncated: 'a file of signals was cut off or written anew: it is read from its beginning',
  replaced:
    'a file of signals is another one than was read before, which is gone: it is read from its beginning',
} as const;

/** One file of signals, read as it grows. */
export class SignalFile {
  private readonly sender: Sender;
  /** How far all of it is in. */
  private saved: FilePosition | null;

  private constructor(
    private readonly file: IngestFile,
    private readonly tail: TailedFile,
    private readonly positions: PositionFile,
    private readonly ingest: Pick<SignalIngest, 'receive'>,
    private readonly logger: Logger,
  ) {
    this.saved = tail.position;
    this.sender = {
      source: `file ${file.path}`,
      strategies: file.strategies,
      requestId: null,
      recorded: { at: null },
    };
  }

  /** @throws InputError where nobody can tell how far it was read */
  static async open(
    file: IngestFile,
    folder: string,
    ingest: Pick<SignalIngest, 'receive'>,
    logger: Logger,
  ): Promise<SignalFile> {
    const positions = new PositionFile(folder, file.path);
    const { path } = file;
    const tail = new TailedFile(path, await positions.read(), file.format === 'csv', (event) =>
      logger.warn({ path }, EVENTS[event]),
    );
    return new SignalFile(file, tail, positions, ingest, logger);
  }

  /** Takes in what was appended. Resolves at its end, or at a line's end once `stop` says so. */
  async read(stop: AbortSignal): Promise<void> {
    try {
      await this.readOn(stop);
    } catch (error) {
      // What was read and not taken in comes again.
      await this.tail.goBack(this.saved);
      throw error;
    }
  }

  private async readOn(stop: AbortSignal): Promise<void> {
    let bad = 0;
    for (let lines = await this.tail.next(); lines.length > 0; lines = await this.tail.next()) {
      for (const line of lines) {
        if (stop.aborted) return;
        const fault = await this.take(line, stop);
        if (fault === null) continue;
        bad += 1;
        if (bad <= NAMED)
          this.logger.warn({ at: `${this.file.path}:${line.number}`, fault }, 'a line is no signal');
      }
      // Only after all of them: what is read twice has the same ids.
      if (stop.aborted) return;
      const position = this.tail.position!;
      await this.positions.write(position);
      this.saved = position;
    }
    if (bad > NAMED)
      this.logger.warn({ path: this.file.path, count: bad - NAMED }, 'more lines are no signals');
  }

  close(): Promise<void> {
    return this.tail.close();
  }

  /** Null: it is in, or need not be; else what is wrong with it. */
  private async take({ fault, number, text }: TailedLine, stop: AbortSignal): Promise<string | null> {
    if (text === null) return fault;
    if (text.trim() === '' || (this.file.format === 'csv' && number === 1)) return null;
    const read = this.file.format === 'csv' ? this.csvRow(text) : parseJsonBody(text);
    if (!read.ok) return read.message;
    for (;;) {
      const receipt = await this.ingest.receive(this.sender, read.value);
      if (receipt.taken) return null;
      const { retryAfterS } = receipt.problem;
      if (retryAfterS === undefined) return reasonOf(receipt.problem);
      try {
        await sleep(retryAfterS * SECOND_MS, undefined, { signal: stop });
      } catch (error) {
        // Told to stop: the line is read again.
        if (stop.aborted) return null;
        throw error;
      }
    }
  }

  private csvRow(text: string): ReturnType<typeof parseJsonBody> {
    const header = this.tail.position?.header ?? null;
    const columns = header === null ? null : csvCells(header);
    const cells = csvCells(text);
    if (columns === null) return { ok: false, message: 'the first line has no names of columns' };
    if (cells === null) return { ok: false, message: 'its quotes do not fit' };
    if (cells.length !== columns.length) {
      const message = `expected ${columns.length} columns, as the first line has them, got ${cells.length}`;
      return { ok: false, message };
    }
    const filled = columns.map((name, index) => [name.trim(), cells[index]!] as const);
    return { ok: true, value: Object.fromEntries(filled.filter(([, cell]) => cell !== '')) };
  }
}
