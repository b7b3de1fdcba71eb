import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJson, encodeJson } from '@bowline/contracts';
import { copyJournals, openEmbeddedJournals, readEmbeddedJournals } from '@bowline/journal-embedded';
import { runBowline, WorkFolder } from '@bowline/testkit';
import type { VerifiedShard } from '../journal/verify.js';
import type { ReplayedShard } from '../journal/replay.js';
import { runCommand, type CommandRun } from './run-command.spec-support.js';

const work = new WorkFolder('journal-commands');
const desk = work.at('desk');
const config = work.at('desk', 'bowline.yaml');
const GENERATOR = 'order-generator/ikenna';
let copies = 0;

/** A desk that has traded for a minute of its own time. */
beforeAll(async () => {
  const options = ['--dir', desk, '--speed', 'max', '--port', '0', '--for', '1s'];
  expect((await runBowline(['start', ...options])).exitCode).toBe(0);
}, 60_000);

const journal = (...args: string[]): Promise<CommandRun> => runCommand(['journal', ...args]);

/** The desk's journal, to do something to it. */
function copied(): string {
  copies += 1;
  const folder = work.at(`copy ${copies}`);
  cpSync(work.at('desk', 'journal'), folder, { recursive: true });
  return folder;
}

function missing(): string {
  copies += 1;
  return work.at(`missing ${copies}`);
}

function empty(): string {
  const folder = missing();
  mkdirSync(folder);
  return folder;
}

async function verified(folder: string): Promise<{ readonly shards: readonly VerifiedShard[] }> {
  const { exitCode, stdout } = await journal('verify', '--dir', folder, '--json');
  expect(exitCode).toBe(0);
  return JSON.parse(stdout) as { shards: VerifiedShard[] };
}

describe('journal verify', () => {
  it('says what every shard has, and changes nothing', async () => {
    const before = work.snapshot('desk', 'journal');
    const { exitCode, stderr, stdout } = await journal('verify', '--dir', desk);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const [headline = '', ...lines] = stdout.split('\n');
    expect(headline).toMatch(/desk\/journal: format 2, epoch 1, 19 shards, 1 segment, \d+\.\d\d MB$/);
    expect(lines.find((line) => line.startsWith(GENERATOR))).toMatch(/ (\d+) +1 +\1 +\1 +\d+$/);
    expect(lines.at(-2)).toBe('every byte is as it was written');
    expect(work.snapshot('desk', 'journal')).toEqual(before);
  });

  it('is JSON where it is asked for', async () => {
    const found = await verified(desk);
    expect(found).toMatchObject({ folder: work.at('desk', 'journal'), format: 2, epoch: 1 });
    expect(found.shards.map(({ shard }) => shard)).toContain('execution-gateway/ikenna.okx');
    for (const { first, last, records, snapshotAt } of found.shards) {
      expect({ records, snapshotAt }).toEqual({ records: last - first + 1, snapshotAt: last });
    }
  });

  it('names file and offset of what is damaged', async () => {
    const folder = copied();
    const path = `${folder}/000001.log`;
    const bytes = readFileSync(path);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(path, bytes);
    const { exitCode, stderr, stdout } = await journal('verify', '--dir', folder);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /^error: .*000001\.log: offset \d+: a batch is damaged\. Restore the whole folder/,
    );
  });

  it('refuses a journal that a process holds, and says what can be done with it', async () => {
    const folder = copied();
    const store = await openEmbeddedJournals(folder);
    expect(await journal('verify', '--dir', folder)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr:
        `error: ${folder} is held by this process (${process.pid}): stop it first, or choose another folder.\n` +
        'error: a backup can be made of it while it is held: bowline journal backup\n',
    });
    await store.close();
  });

  it.each([
    ['that is not there', missing],
    ['without a journal', empty],
  ])('refuses a folder %s', async (_, make) => {
    const folder = make();
    const { exitCode, stderr } = await journal('verify', '--dir', folder);
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining(folder) });
  });
});

describe('journal dump', () => {
  const lines = ({ stdout }: CommandRun): Record<string, unknown>[] =>
    stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('prints every record of every shard, in order', async () => {
    const run = await journal('dump', '--dir', desk);
    const { shards } = await verified(desk);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(lines(run).map(({ sequence, shard }) => [shard, sequence])).toEqual(
      shards.flatMap(({ last, shard }) => Array.from({ length: last }, (_, at) => [shard, at + 1])),
    );
  });

  it('prints what came in, what was decided, and what was told', async () => {
    const records = lines(await journal('dump', '--dir', desk, '--shard', GENERATOR));
    const acted = records.find(({ topic }) => topic === 'signals.ikenna')!;
    expect(acted).toMatchObject({ shard: GENERATOR, source: 'signal-ingest', settled: expect.any(Number) });
    expect(Number.isNaN(Date.parse(String(acted['at'])))).toBe(false);
    expect(acted['events']).toContainEqual(expect.objectContaining({ type: 'decided' }));
    const told = records.flatMap(({ messages }) => messages as { topic: string; body: unknown }[]);
    expect(told).toContainEqual(
      expect.objectContaining({ topic: expect.stringMatching(/^order-intents/), body: expect.anything() }),
    );
  });

  it.each([
    [
      ['--from', '3', '--to', '5'],
      [3, 4, 5],
    ],
    [
      ['--to', '2'],
      [1, 2],
    ],
  ])('prints only the records that are asked for: %j', async (range, expected) => {
    const run = await journal('dump', '--dir', desk, '--shard', GENERATOR, ...range);
    expect(lines(run).map(({ sequence }) => sequence)).toEqual(expected);
  });

  it('prints records of others than runners as they are', async () => {
    const folder = missing();
    const store = await openEmbeddedJournals(folder);
    await store.journal('market').append(1, 'a price of 12 "or so"');
    await store.close();
    expect(lines(await journal('dump', '--dir', folder))).toEqual([
      { shard: 'market', sequence: 1, record: 'a price of 12 "or so"' },
    ]);
  });

  it.each([
    [['--shard', 'order-generator/nobody'], 1, 'it is not in'],
    [['--from', '5', '--to', '3'], 2, '--from 5 must not be after --to 3'],
  ])('refuses %j', async (options, exitCode, problem) => {
    const run = await journal('dump', '--dir', desk, ...options);
    expect(run).toEqual({ exitCode, stdout: '', stderr: expect.stringContaining(problem) });
  });
});

describe('journal replay', () => {
  const replayed = ({ stdout }: CommandRun): ReplayedShard[] =>
    (JSON.parse(stdout) as { shards: ReplayedShard[] }).shards;

  it('finds the same state from the snapshot and from the first record on', async () => {
    const run = await journal('replay', '--dir', desk, '--config', config, '--json');
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    const shards = replayed(run);
    expect(shards).toHaveLength(19);
    for (const { fullHash, hash, records } of shards) {
      expect({ fullHash, records }).toEqual({ fullHash: hash, records: 0 });
    }
    expect(new Set(shards.map(({ hash }) => hash)).size).toBeGreaterThan(10);
  });

  it('shows it, and what the state is in short', async () => {
    const { stdout } = await journal('replay', '--dir', desk, '--config', config, '--shard', GENERATOR);
    const [, , line] = stdout.split('\n');
    expect(line).toMatch(
      /^order-generator\/ikenna +\d+ +0 +[0-9a-f]{16} +the same +ACTIVE, \d+ exposed, 0 closing$/,
    );
  });

  it('says so where the snapshot is of another state', async () => {
    const folder = missing();
    const [source, store] = [
      await readEmbeddedJournals(work.at('desk', 'journal'), () => undefined),
      await openEmbeddedJournals(folder),
    ];
    const altered = store.journal(GENERATOR);
    for await (const { record, sequence } of source.records(GENERATOR, 0)) {
      await altered.append(sequence, record);
    }
    const { sequence, snapshot } = (await source.snapshot(GENERATOR))!;
    const saved = decodeJson(snapshot) as { state: { day: number } };
    saved.state.day += 1;
    await altered.saveSnapshot(sequence, encodeJson(saved), 0);
    await Promise.all([source.close(), store.close()]);
    const run = await journal('replay', '--dir', folder, '--config', config, '--json');
    expect(run).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^error: order-generator\/ikenna: all records lead to [0-9a-f]{16}, the/),
    });
    expect(replayed(run).filter(({ fullHash, hash }) => fullHash !== hash)).toHaveLength(1);
  });

  it('says which shard the configuration does not have', async () => {
    const less = work.file('less.yaml', readFileSync(config, 'utf8').replace(/^ {2}SOLUSDT: .*\n/m, ''));
    const { exitCode, stderr } = await journal('replay', '--dir', desk, '--config', less);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: `error: ${less} has nothing that is called oco-manager/christian.okx.SOLUSDT\n`,
    });
  });
});

describe('journal backup', () => {
  it('makes a copy that is the same', async () => {
    const to = missing();
    const run = await journal('backup', '--dir', desk, '--to', to);
    expect(run).toEqual({ exitCode: 0, stderr: '', stdout: expect.stringContaining(`${to}: format 2`) });
    expect(await verified(to)).toEqual({ ...(await verified(desk)), folder: to });
  });

  it('is made of a journal that a process holds, too', async () => {
    const folder = copied();
    const store = await openEmbeddedJournals(folder);
    await store.journal('shard').append(1, 'one');
    const to = missing();
    expect((await journal('backup', '--dir', folder, '--to', to)).exitCode).toBe(0);
    expect((await verified(to)).shards).toContainEqual(
      expect.objectContaining({ shard: 'shard', records: 1 }),
    );
    await store.close();
  });

  it('overwrites nothing', async () => {
    const to = missing();
    mkdirSync(to);
    expect(await journal('backup', '--dir', desk, '--to', to)).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: `error: --to ${to} is there already: name a folder that is not\n`,
    });
  });
});

describe('journal restore', () => {
  let backup: string;
  beforeAll(async () => {
    backup = missing();
    await copyJournals(work.at('desk', 'journal'), backup, () => undefined);
  });

  it.each([
    [[], 2, 'error: nothing was restored; to do it, say --yes\n'],
    [['--dry-run'], 0, ''],
    [['--dry-run', '--yes'], 0, ''],
  ])('shows what it would do, and does not do it: %j', async (options, exitCode, stderr) => {
    const dir = missing();
    const run = await journal('restore', '--from', backup, '--dir', dir, ...options);
    expect(run).toEqual({
      exitCode,
      stderr,
      stdout: expect.stringMatching(/19 shards[^]*order-generator\/ikenna[^]*it would be copied to /),
    });
    expect(existsSync(dir)).toBe(false);
  });

  it.each([
    ['missing', missing],
    ['empty', empty],
  ])('puts the backup into a folder that is %s', async (_, make) => {
    const dir = make();
    expect(await journal('restore', '--from', backup, '--dir', dir, '--yes')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`restored to ${dir}\n`),
    });
    expect(await verified(dir)).toEqual({ ...(await verified(backup)), folder: dir });
  });

  it('overwrites nothing', async () => {
    const dir = copied();
    const before = await verified(dir);
    const run = await journal('restore', '--from', backup, '--dir', dir, '--yes');
    expect(run).toMatchObject({
      exitCode: 1,
      stderr: `error: --dir ${dir} is not empty: nothing is overwritten; move away what is there first\n`,
    });
    expect(await verified(dir)).toEqual(before);
  });

  it('restores nothing from a backup that is damaged', async () => {
    const damaged = copied();
    writeFileSync(`${damaged}/manifest`, 'x');
    const dir = missing();
    expect(await journal('restore', '--from', damaged, '--dir', dir, '--yes')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`${damaged}/manifest`),
    });
    expect(existsSync(dir)).toBe(false);
  });
});
