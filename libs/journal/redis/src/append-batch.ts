import type { JournalError } from '@bowline/ports';
import type { Redis } from 'ioredis';
import { keep } from './entry.js';
import { fieldOf } from './keys.js';
import type { Command } from './ordered-commands.js';
import type { Opening } from './opening.js';
import { SCRIPTS } from './scripts.js';

const MOST_RECORDS = 256;
const MOST_BYTES = 1024 * 1024;

/** Records that go out together: one script, one answer. */
export class AppendBatch implements Command {
  /** For everybody whose record is in here: resolves once Redis has confirmed all. */
  readonly durable: Promise<void>;
  private resolve!: () => void;
  private reject!: (error: Error) => void;
  /** The numbers that the logs have in the script. */
  private readonly logs = new Map<string, number>();
  private readonly args: (string | number | Buffer)[] = [];
  private records = 0;
  private bytes = 0;
  private isSent = false;

  constructor(private readonly opening: Opening) {
    this.durable = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  get isOpen(): boolean {
    return !this.isSent && this.records < MOST_RECORDS && this.bytes < MOST_BYTES;
  }

  add(shard: string, sequence: number, record: string): void {
    const log = this.logs.get(shard) ?? this.logs.size + 1;
    this.logs.set(shard, log);
    const { bytes, check } = keep(recordName(shard, sequence), record);
    this.args.push(log, sequence, check, bytes);
    this.records += 1;
    this.bytes += bytes.length;
  }

  async send(connection: Redis): Promise<void> {
    this.isSent = true;
    const { keys, epoch, owner } = this.opening;
    const shards = [...this.logs.keys()].map(fieldOf);
    const reply = await connection.evalsha(
      SCRIPTS.append.sha,
      2 + shards.length,
      keys.store,
      keys.heads,
      ...shards.map((shard) => keys.log(shard)),
      owner,
      epoch,
      shards.length,
      ...shards,
      ...this.args,
    );
    this.opening.expectOk(reply);
  }

  done(): void {
    this.resolve();
  }

  failed(error: JournalError): void {
    this.reject(error);
  }
}

/** What the checksum of a record covers beside its text. */
export function recordName(shard: string, sequence: number): string {
  return `record ${sequence} of ${shard}`;
}
