import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { InputError } from '@bowline/contracts';
import { layOut } from '@bowline/engine';
import { copyJournals, type StoredJournals, type StoredShard } from '@bowline/journal-embedded';
import { plainTable } from '@bowline/report';
import type { CommandContext } from '../cli/context.js';
import { UsageError } from '../cli/exit.js';
import { paintFor } from '../desk-client/paint.js';
import { readConfig } from '../desk/read-config.js';
import { dumpLine } from '../journal/dump.js';
import { explained, journalFolder, withJournals } from '../journal/journal-folder.js';
import { replayShard, type ReplayedShard } from '../journal/replay.js';
import { shardFolds } from '../journal/shard-roles.js';
import { verifyShards, type VerifiedShard } from '../journal/verify.js';
import { mockMarkets } from '../live/mock-markets.js';
import type {
  JournalBackupOptions,
  JournalDumpOptions,
  JournalReplayOptions,
  JournalRestoreOptions,
  JournalVerifyOptions,
} from './journal.command.js';

export async function runJournalVerify(
  { dir, json = false }: JournalVerifyOptions,
  { signal, terminal }: CommandContext,
): Promise<void> {
  const folder = journalFolder(dir);
  await withJournals(folder, terminal, async (journals) => {
    const shards = await verifyShards(journals, signal);
    const { bytes, epoch, format, segments } = journals;
    terminal.out(
      json
        ? `${JSON.stringify({ folder, format, epoch, segments, bytes, shards }, null, 2)}\n`
        : `${headline(folder, journals)}\n\n${verifiedTable(shards, terminal.color)}\n\nevery byte is as it was written\n`,
    );
  });
}

export async function runJournalDump(
  { dir, from = 1, shard, to = Infinity }: JournalDumpOptions,
  { signal, terminal }: CommandContext,
): Promise<void> {
  if (from > to) throw new UsageError(`--from ${from} must not be after --to ${to}`);
  const folder = journalFolder(dir);
  await withJournals(folder, terminal, async (journals) => {
    for (const each of selected(journals, folder, shard)) {
      for await (const stored of journals.records(each.shard, from - 1)) {
        signal.throwIfAborted();
        if (stored.sequence > to) break;
        terminal.out(dumpLine(each.shard, stored));
      }
    }
  });
}

export async function runJournalReplay(
  { config: path, dir, env, json = false, shard }: JournalReplayOptions,
  { signal, terminal }: CommandContext,
): Promise<void> {
  const { config } = await readConfig(path, env);
  const folds = shardFolds(layOut(config.clients, mockMarkets(config)));
  const folder = journalFolder(dir);
  const replayed = await withJournals(folder, terminal, async (journals) => {
    const done: ReplayedShard[] = [];
    for (const each of selected(journals, folder, shard)) {
      signal.throwIfAborted();
      const fold = folds.get(each.shard);
      if (fold === undefined) throw new InputError([`${path} has nothing that is called ${each.shard}`]);
      done.push(await replayShard(journals, each, fold));
    }
    return done;
  });
  terminal.out(
    json
      ? `${JSON.stringify({ folder, shards: replayed }, null, 2)}\n`
      : `${replayedTable(replayed, terminal.color)}\n`,
  );
  const different = replayed.filter(({ fullHash, hash }) => fullHash !== null && fullHash !== hash);
  if (different.length === 0) return;
  throw new InputError(
    different.map(
      (each) =>
        `${each.shard}: all records lead to ${each.fullHash}, the snapshot at ${each.snapshotAt} and those after it to` +
        ` ${each.hash}: it is not the configuration that the desk ran with, or a bug`,
    ),
  );
}

export async function runJournalBackup(
  { dir, to }: JournalBackupOptions,
  { terminal }: CommandContext,
): Promise<void> {
  if (existsSync(to)) throw new InputError([`--to ${to} is there already: name a folder that is not`]);
  const folder = journalFolder(dir);
  await explained(() => copyJournals(folder, to, (problem) => terminal.warn(problem)));
  terminal.out(`${await withJournals(to, terminal, async (copy) => Promise.resolve(headline(to, copy)))}\n`);
}

export async function runJournalRestore(
  { dir, dryRun = false, from, yes = false }: JournalRestoreOptions,
  { signal, terminal }: CommandContext,
): Promise<void> {
  const folder = journalFolder(from);
  if (existsSync(dir) && (await readdir(dir)).length > 0) {
    throw new InputError([
      `--dir ${dir} is not empty: nothing is overwritten; move away what is there first`,
    ]);
  }
  await withJournals(folder, terminal, async (backup) => {
    const shards = await verifyShards(backup, signal);
    terminal.out(`${headline(folder, backup)}\n\n${verifiedTable(shards, terminal.color)}\n\n`);
  });
  if (!yes || dryRun) {
    terminal.out(`it would be copied to ${dir}\n`);
    if (!dryRun) throw new UsageError('nothing was restored; to do it, say --yes');
    return;
  }
  await explained(() => copyJournals(folder, dir, (problem) => terminal.warn(problem)));
  terminal.out(`restored to ${dir}\n`);
}

function selected(
  { shards }: StoredJournals,
  folder: string,
  name: string | undefined,
): readonly StoredShard[] {
  if (name === undefined) return shards;
  const found = shards.filter(({ shard }) => shard === name);
  if (found.length > 0) return found;
  const there = shards.length === 0 ? 'none' : shards.map(({ shard }) => shard).join(', ');
  throw new InputError([`--shard ${name}: it is not in ${folder}; there are ${there}`]);
}

function headline(folder: string, { bytes, epoch, format, segments, shards }: StoredJournals): string {
  const parts = [
    `format ${format}`,
    `epoch ${epoch}`,
    `${shards.length} ${shards.length === 1 ? 'shard' : 'shards'}`,
    `${segments} ${segments === 1 ? 'segment' : 'segments'}`,
    `${(bytes / 1e6).toFixed(2)} MB`,
  ];
  return `${folder}: ${parts.join(', ')}`;
}

function verifiedTable(shards: readonly VerifiedShard[], color: boolean): string {
  const paint = paintFor(color);
  return plainTable(
    [
      { head: 'Shard', align: 'left' },
      { head: 'Records', align: 'right' },
      { head: 'From', align: 'right' },
      { head: 'To', align: 'right' },
      { head: 'Snapshot at', align: 'right' },
      { head: 'Characters', align: 'right' },
    ],
    shards.map(({ characters, first, last, records, shard, snapshotAt }) => [
      shard,
      String(records),
      records === 0 ? '–' : String(first),
      String(last),
      snapshotAt === null ? '–' : String(snapshotAt),
      String(characters),
    ]),
    paint.dim,
  );
}

function replayedTable(shards: readonly ReplayedShard[], color: boolean): string {
  const paint = paintFor(color);
  return plainTable(
    [
      { head: 'Shard', align: 'left' },
      { head: 'Snapshot at', align: 'right' },
      { head: 'Records after', align: 'right' },
      { head: 'State', align: 'left' },
      { head: 'From the first record', align: 'left' },
      { head: 'Summary', align: 'left' },
    ],
    shards.map(({ fullHash, hash, records, shard, snapshotAt, summary }) => [
      shard,
      snapshotAt === null ? '–' : String(snapshotAt),
      String(records),
      hash,
      fullHash === null
        ? 'not all there'
        : fullHash === hash
          ? paint.good('the same')
          : paint.bad('DIFFERENT'),
      summary,
    ]),
    paint.dim,
  );
}
