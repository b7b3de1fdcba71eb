import { randomUUID } from 'node:crypto';
import { JournalError } from '@bowline/ports';
import type { JournalStore } from '@bowline/ports';
import type { Redis } from 'ioredis';
import { placeOf } from './connection.js';
import { asError, corrupt, isRefusal } from './failures.js';
import { fieldOf, Keys, shardOf } from './keys.js';
import { Opening } from './opening.js';
import { settingsOf } from './options.js';
import type { RedisJournalOptions, Settings } from './options.js';
import { OrderedCommands } from './ordered-commands.js';
import type { ShardHead } from './redis-journal.js';
import { RedisJournals } from './redis-journals.js';
import { SCRIPTS } from './scripts.js';
import { StoreLine } from './store-line.js';

/** Of how a store lies in Redis. */
const FORMAT = 1;

/**
 * Opens the journals of a store in Redis, and takes them over from whoever has had them: from then on nothing of an
 * earlier opening is taken any more, wherever its process is. What was confirmed once and is not there, or not as it
 * was, is an error; records are checked when they are read.
 *
 * Throws a `JournalError`: `locked` where a later epoch has the store, `corrupt`, `full`, or `failed`.
 */
export async function openRedisJournals(options: RedisJournalOptions): Promise<JournalStore> {
  const settings = settingsOf(options);
  const { giveUpAfterMs, name, timeoutMs, url } = settings;
  const place = placeOf(url);
  const commands = new OrderedCommands({
    url,
    connectionName: `bowline-journal:${name.replaceAll(/[^\w.:/-]/g, '_')}`,
    place,
    timeoutMs,
    giveUpAfterMs,
  });
  try {
    await warnOfServer(commands, place, settings.onWarning);
    const opening = await takeOver(commands, settings, `journals ${name} in ${place}`);
    return new RedisJournals(new StoreLine(opening, commands), await readHeads(commands, opening));
  } catch (error) {
    commands.disconnect();
    throw error;
  }
}

async function takeOver(
  commands: OrderedCommands,
  { epoch, mustExist, name }: Settings,
  what: string,
): Promise<Opening> {
  const keys = new Keys(name);
  const owner = randomUUID();
  const args = [owner, epoch ?? '', FORMAT, mustExist ? '1' : '0'];
  const reply = await commands.ask((connection) =>
    connection.evalsha(SCRIPTS.open.sha, 2, keys.store, keys.heads, ...args),
  );
  const [outcome, number] = reply as readonly [string, string];
  switch (outcome) {
    case 'opened':
      return new Opening(what, keys, owner, Number(number));
    case 'outdated':
      throw new JournalError('locked', `${what}: epoch ${number} has them, and this process has ${epoch}.`);
    case 'missing':
      throw new JournalError('failed', `There are no ${what}: check name and server, or start fresh.`);
    case 'format':
      throw new JournalError(
        'failed',
        `${what} have format ${number}, of a later version of this program, which knows format ${FORMAT}: use that one.`,
      );
    default:
      throw corrupt(what, `there are shards, but ${keys.store} is gone`);
  }
}

/** Of every shard where it ends, compared with what is kept of it. Nobody else writes any more. */
async function readHeads(
  commands: OrderedCommands,
  opening: Opening,
): Promise<ReadonlyMap<string, ShardHead>> {
  const fields = await commands.ask((connection) => connection.hgetall(opening.keys.heads));
  const heads = await Promise.all(
    Object.entries(fields).map(([field, last]) => look(commands, opening, shardOf(field), Number(last))),
  );
  return new Map(heads.map((head) => [head.shard, head]));
}

type Look = readonly [
  first: string | null,
  last: string | null,
  count: number,
  snapshotAt: string | null,
  forgetTo: string | null,
];

async function look(
  commands: OrderedCommands,
  { keys, what }: Opening,
  shard: string,
  sequence: number,
): Promise<ShardHead> {
  const field = fieldOf(shard);
  const found = (await commands.ask((connection) =>
    connection.evalsha(SCRIPTS.look.sha, 2, keys.log(field), keys.snapshot(field)),
  )) as Look;
  const [first, last, count] = [numberOf(found[0]), numberOf(found[1]), found[2]];
  const snapshotAt = numberOf(found[3]);
  const forgotten = numberOf(found[4]) ?? 0;
  const kept = sequence - forgotten;
  const isWhole = kept === 0 ? count === 0 : first === forgotten + 1 && last === sequence && count === kept;
  if (!isWhole) {
    throw corrupt(
      what,
      `of ${shard} there should be records ${forgotten + 1} to ${sequence}, and there are ${count}, from` +
        ` ${first ?? 'none'} to ${last ?? 'none'}`,
    );
  }
  if (sequence < (snapshotAt ?? 0)) {
    throw corrupt(
      what,
      `the log of ${shard} ends at record ${sequence}, but its snapshot is of record ${snapshotAt}`,
    );
  }
  return { shard, sequence, snapshotAt, forgotten };
}

/** Of an entry's id, or a number. */
function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text.split('-', 1)[0]);
}

/** Where the server does not keep what it confirms, and that is known. */
async function warnOfServer(
  commands: OrderedCommands,
  place: string,
  onWarning: (message: string) => void,
): Promise<void> {
  const info = (await commands.ask((connection) => connection.info())).split('\r\n');
  if (info.includes('aof_enabled:0')) {
    onWarning(
      `${place} has no append-only file: when it ends, the journals are lost. Set \`appendonly yes\`.`,
    );
  } else {
    const appendfsync = await commands.ask(appendfsyncOf);
    if (appendfsync !== null && appendfsync !== 'always') {
      onWarning(
        `${place} confirms what its disk does not have yet (appendfsync ${appendfsync}): a crash may take records that` +
          ' were acted on. Set `appendfsync always`.',
      );
    }
  }
  if (!info.includes('maxmemory:0') && !info.includes('maxmemory_policy:noeviction')) {
    onWarning(`${place} deletes keys when it is full, journals too. Set \`maxmemory-policy noeviction\`.`);
  }
}

/** Null where the server tells nobody, or not this user. */
async function appendfsyncOf(connection: Redis): Promise<string | null> {
  try {
    const [, value] = (await connection.config('GET', 'appendfsync')) as readonly string[];
    return value ?? null;
  } catch (error) {
    if (isRefusal(asError(error))) return null;
    throw error;
  }
}
