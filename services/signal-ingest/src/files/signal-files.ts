import type { IngestFile } from '@bowline/contracts';
import type { Logger } from '@bowline/ports';
import type { SignalIngest } from '../signal-ingest.js';
import { SignalFile } from './signal-file.js';

export interface SignalFilesOptions {
  readonly files: readonly IngestFile[];
  /** Where it keeps how far each of them was read. */
  readonly folder: string;
  readonly ingest: Pick<SignalIngest, 'receive'>;
  readonly logger: Logger;
  /** How often it looks whether they have grown. Default 250 ms. */
  readonly pollMs?: number;
}

const POLL_MS = 250;
/** After an error of the disk. */
const PAUSE_MS = 5_000;

/** Takes in what is appended to files: every line at least once, and by its id once. */
export class SignalFiles {
  /** Why a file cannot be read, by its path. */
  readonly troubles = new Map<string, Error>();
  private readonly stop = new AbortController();
  private readonly ended: Promise<unknown>;

  private constructor(
    private readonly files: ReadonlyMap<string, SignalFile>,
    private readonly options: SignalFilesOptions,
  ) {
    this.ended = Promise.all([...files].map(([path, file]) => this.follow(path, file)));
  }

  /** @throws InputError where nobody can tell how far one of them was read */
  static async open(options: SignalFilesOptions): Promise<SignalFiles> {
    const { folder, ingest, logger } = options;
    const files = new Map<string, SignalFile>();
    for (const file of options.files)
      files.set(file.path, await SignalFile.open(file, folder, ingest, logger));
    return new SignalFiles(files, options);
  }

  /** Ends after the line in hand. */
  async close(): Promise<void> {
    this.stop.abort();
    await this.ended;
    for (const file of this.files.values()) await file.close();
  }

  private async follow(path: string, file: SignalFile): Promise<void> {
    const { logger, pollMs = POLL_MS } = this.options;
    const { signal } = this.stop;
    while (!signal.aborted) {
      let pauseMs = pollMs;
      try {
        await file.read(signal);
        this.troubles.delete(path);
      } catch (error) {
        pauseMs = PAUSE_MS;
        if (!this.troubles.has(path)) logger.error({ path, error }, 'a file of signals cannot be read');
        this.troubles.set(path, error instanceof Error ? error : new Error(String(error)));
      }
      await pause(pauseMs, signal);
    }
  }
}

/** So long, or until it is told to stop. */
function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stop.addEventListener('abort', done, { once: true });
    if (stop.aborted) done();
  });
}
