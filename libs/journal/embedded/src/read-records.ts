import { readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { JournalError } from '@bowline/ports';
import type { StoredRecord } from '@bowline/ports';
import { asJournalError, corrupt } from './failures.js';
import { FRAME_HEADER, isWholeFrame, readFrame } from './layout.js';
import { segmentPath } from './segment-file.js';
import type { Run, ShardLog } from './shard-log.js';
import { ENCODINGS } from './text.js';

/** Bytes that are read before others have their turn, but for a record that is larger. */
const ROUND = 256 * 1024;
/** Other shards' bytes between two records that are cheaper to read along than to read around. */
const GAP = 8 * 1024;

/** The durable records of a shard after `sequence`, each checked again. */
export async function* readRecords(
  folder: string,
  log: ShardLog,
  sequence: number,
  refusal: () => JournalError | null,
): AsyncGenerator<StoredRecord> {
  let next = Math.max(sequence, log.forgotten) + 1;
  while (next <= log.last) {
    const run = log.runOf(next);
    if (run === null) throw forgottenMeanwhile(log, next);
    const path = segmentPath(folder, run.segment);
    const file = await open(path, 'r').catch((error: unknown) => {
      throw next <= log.forgotten ? forgottenMeanwhile(log, next) : asJournalError(error, `Reading ${path}`);
    });
    try {
      const reader = new RunReader(file.fd, run, log, path);
      while (next < run.end) {
        for (const record of reader.round(next)) {
          const refused = refusal();
          if (refused !== null) throw refused;
          yield record;
          next += 1;
        }
        await setImmediate();
      }
    } finally {
      await file.close();
    }
  }
}

/**
 * Where many shards share the log, their records are far apart in it, and a read through the thread pool for each would
 * cost ten times of what it takes by itself.
 */
class RunReader {
  private bytes = Buffer.alloc(0);

  constructor(
    private readonly fd: number,
    private readonly run: Run,
    private readonly log: ShardLog,
    private readonly path: string,
  ) {}

  /** The records from `first` on that one turn is long enough for, at least one. */
  round(first: number): StoredRecord[] {
    const { run } = this;
    const records: StoredRecord[] = [];
    let read = 0;
    for (let next = first; next < run.end && read < ROUND;) {
      const end = spanFrom(run, next);
      const start = run.offsetOf(next);
      const length = run.offsetOf(end - 1) + run.lengthOf(end - 1) - start;
      if (this.bytes.length < length) this.bytes = Buffer.allocUnsafe(Math.max(length, ROUND));
      const filled = readSync(this.fd, this.bytes, 0, length, start);
      for (; next < end; next += 1) records.push(this.decode(next, run.offsetOf(next) - start, filled));
      read += length;
    }
    return records;
  }

  private decode(sequence: number, at: number, filled: number): StoredRecord {
    const { bytes, run } = this;
    const length = run.lengthOf(sequence);
    if (at + length > filled || !isWholeFrame(bytes, at, length)) {
      const problem = `record ${sequence} of ${this.log.name} is damaged`;
      throw corrupt(this.path, `offset ${run.offsetOf(sequence)}: ${problem}`);
    }
    const { encoding } = readFrame(bytes, at);
    return { sequence, record: bytes.toString(ENCODINGS[encoding], at + FRAME_HEADER, at + length) };
  }
}

/** The number after that of the last record that is read together with the first. */
function spanFrom(run: Run, first: number): number {
  const start = run.offsetOf(first);
  let end = start + run.lengthOf(first);
  let next = first + 1;
  for (; next < run.end; next += 1) {
    const offset = run.offsetOf(next);
    const behind = offset + run.lengthOf(next);
    if (offset - end > GAP || behind - start > ROUND) break;
    end = behind;
  }
  return next;
}

function forgottenMeanwhile(log: ShardLog, sequence: number): JournalError {
  return new JournalError('failed', `${log.name}: record ${sequence} was forgotten while it was read.`);
}
