import { JournalError } from '@bowline/ports';
import type { StoredRecord } from '@bowline/ports';
import { recordName } from './append-batch.js';
import { takeOut } from './entry.js';
import { corrupt } from './failures.js';
import { fieldOf } from './keys.js';
import type { StoreLine } from './store-line.js';

/** What one answer should hold: the server does nothing else while it makes it. */
const PAGE_BYTES = 512 * 1024;
const MOST_RECORDS = 1000;
/** Of records whose size is not known yet. */
const FIRST_RECORDS = 32;

type Entry = readonly [id: Buffer, fields: readonly Buffer[]];

/**
 * The records of a shard after `sequence`, each checked.
 *
 * @param now up to where records may be gone, and why nothing is read any more
 */
export async function* readPages(
  line: StoreLine,
  shard: string,
  sequence: number,
  now: () => { readonly forgotten: number; readonly refusal: JournalError | null },
): AsyncGenerator<StoredRecord> {
  const key = line.opening.keys.log(fieldOf(shard));
  let next = sequence + 1;
  let isFirst = true;
  for (let count = FIRST_RECORDS; ;) {
    throwIfRefused(now);
    const from = `${next}-0`;
    const entries = (await line.commands.ask((connection) =>
      connection.xrangeBuffer(key, from, '+', 'COUNT', count),
    )) as readonly Entry[];
    if (entries.length === 0) {
      if (!isFirst && next <= now().forgotten) throw forgottenMeanwhile(shard, next);
      return;
    }
    let bytes = 0;
    for (const entry of entries) {
      const record = decode(line, shard, entry);
      const { forgotten } = now();
      // Whoever begins before what is kept gets what is kept; a reader that is under way misses something.
      if (isFirst && record.sequence > next && record.sequence <= forgotten + 1) next = record.sequence;
      if (record.sequence !== next) {
        if (next <= forgotten) throw forgottenMeanwhile(shard, next);
        throw corrupt(line.opening.what, `record ${next} of ${shard} is missing`);
      }
      isFirst = false;
      throwIfRefused(now);
      yield record;
      next += 1;
      bytes += record.record.length;
    }
    count = Math.max(1, Math.min(MOST_RECORDS, Math.floor((PAGE_BYTES * entries.length) / (bytes + 1))));
  }
}

function decode(line: StoreLine, shard: string, [id, fields]: Entry): StoredRecord {
  const sequence = Number(id.toString('latin1').split('-', 1)[0]);
  const [, check, , bytes] = fields;
  const record =
    check === undefined || bytes === undefined
      ? null
      : takeOut(recordName(shard, sequence), { bytes, check: check.toString('latin1') });
  if (record === null) throw corrupt(line.opening.what, `record ${sequence} of ${shard} is damaged`);
  return { sequence, record };
}

function throwIfRefused(now: () => { readonly refusal: JournalError | null }): void {
  const { refusal } = now();
  if (refusal !== null) throw refusal;
}

function forgottenMeanwhile(shard: string, sequence: number): JournalError {
  return new JournalError('failed', `${shard}: record ${sequence} was forgotten while it was read.`);
}
