/**
 * What is done with the journals of a desk in processes of their own, each of which ends by kill -9.
 *
 * A store of many events is made of a smaller one that a desk has written: its records are appended again, for as many
 * clients as it takes, those of each copy under the names of clients of their own (ids of orders stay what they were:
 * they are opaque to who reads them). The shards take turns as they did, each at the pace of its own length.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LocalBus } from '../../../libs/bus/local/dist/index.js';
import {
  decodeRecord,
  ExecutionGateways,
  LiveMarketView,
  OcoManagers,
  OrderGenerators,
  OrderNames,
} from '../../../libs/engine/dist/index.js';
import { openEmbeddedJournals } from '../../../libs/journal/embedded/dist/index.js';
import { deskOf, PRICE } from './desk-of.mjs';
import { InstantExchange } from './instant-exchange.mjs';

const CLIENT = /\bclient-(\d+)\b/g;
/** Turns that the shards take. */
const TURNS = 2_000;
const STEPS = { plan, write, snapshot, open };
/** Time stands still: nothing happens by itself. */
const CLOCK = { now: () => 0, callAt: () => () => undefined };

const { step, ...terms } = JSON.parse(process.argv[2]);
const result = await STEPS[step](terms);
process.send(result, () => process.kill(process.pid, 'SIGKILL'));

/**
 * How many clients it takes for so many events and the later ones, up to which turns those are, and how many exactly.
 *
 * @param {{ source: string, clients: number, events: number, later: number }} terms
 */
async function plan({ clients, events, later, source }) {
  const shards = await eventsByRecord(source);
  const ofClient = (client) => shards.filter((each) => each.client === client);
  const sum = (some) => some.reduce((all, each) => all + each.events.at(-1), 0);
  const lines = [];
  let all = 0;
  let copies = 0;
  for (; all < events + later; copies += 1) {
    const added = ofClient(copies % clients);
    lines.push(...added);
    all += sum(added);
  }
  const turnOf = (count) => Math.ceil((TURNS * count) / all);
  const until = turnOf(events);
  const end = turnOf(events + later);
  const upTo = (turn) =>
    lines.reduce((count, each) => count + each.events[recordsAt(turn, each.events.length - 1)], 0);
  return { copies, until, end, events: upTo(until), later: upTo(end) - upTo(until) };
}

/** Goes on with what the image has up to a turn. */
async function write({ clients, copies, image, source, until }) {
  const from = await openEmbeddedJournals(source);
  const to = await openEmbeddedJournals(image);
  const journals = new Map(from.shards().map((shard) => [shard, from.journal(shard)]));
  const lines = Array.from({ length: copies }, (_, copy) =>
    [...journals]
      .filter(([shard]) => clientOf(shard) === copy % clients)
      .map(([, journal]) => line(journal, copy)),
  ).flat();
  for (const each of lines) each.journal = to.journal(each.shard);
  for (let turn = 1; turn <= until; turn += 1) {
    let durable;
    for (const each of lines) {
      const upTo = recordsAt(turn, each.length);
      while (each.journal.sequence < upTo) {
        each.records ??= each.readAfter(each.journal.sequence);
        const { record } = (await each.records.next()).value;
        durable = each.journal.append(each.journal.sequence + 1, each.renamed(record));
      }
    }
    // What was appended last is durable last.
    await durable;
  }
  return {};
}

/** How many of its records a shard has after a turn. */
function recordsAt(turn, length) {
  return Math.floor((length * turn) / TURNS);
}

function line(journal, copy) {
  const renamed = (text) => text.replace(CLIENT, `client-${copy}`);
  return {
    shard: renamed(journal.shard),
    length: journal.sequence,
    renamed,
    readAfter: (sequence) => journal.readAfter(sequence)[Symbol.asyncIterator](),
  };
}

/** Lets every shard leave a snapshot, as a desk does every so often. */
async function snapshot({ copies, image }) {
  const journals = await openEmbeddedJournals(image, { onWarning });
  const { shards } = await openShards(journals, copies);
  for (const each of shards) each.start();
  for (const { runners } of shards) for (const runner of runners) await runner.checkpoint();
  return {};
}

/** Milliseconds until every shard has the state that its journal says, and those of only reading the files. */
async function open({ copies, image }) {
  const files = await timed(() => readFiles(image));
  let found;
  const ours = await timed(async () => {
    found = await openShards(await openEmbeddedJournals(image, { onWarning }), copies);
  });
  return { ours, files, records: found.records() };
}

async function openShards(journals, clients) {
  const { layout } = deskOf(clients);
  const names = new OrderNames(layout.clients);
  let records = 0;
  const observer = new Proxy(
    { recovered: (_, count) => (records += count) },
    { get: (known, name) => known[name] ?? (() => undefined) },
  );
  const bus = new LocalBus({ unread: () => true });
  const runtime = { bus, journals, clock: CLOCK, observer };
  const clientOf = ({ account, client }) => new InstantExchange(account.exchange, client.clientId, PRICE);
  const terms = { signalTtlMs: null, maxQuoteAgeMs: null };
  const shards = [
    await OrderGenerators.open(runtime, layout, new LiveMarketView(), terms),
    await OcoManagers.open(runtime, layout, names, 'paired'),
    await ExecutionGateways.open(runtime, layout, names, clientOf),
  ];
  return { shards, records: () => records };
}

/** Of each shard, how many events its first records have: none, the first, the first two ... */
async function eventsByRecord(source) {
  const journals = await openEmbeddedJournals(source);
  const shards = [];
  for (const shard of journals.shards()) {
    const events = [0];
    for await (const { record } of journals.journal(shard).readAfter(0))
      events.push(events.at(-1) + decodeRecord(record).events.length);
    shards.push({ client: clientOf(shard), events });
  }
  return shards;
}

function clientOf(shard) {
  return Number(shard.match(/\bclient-(\d+)\b/)[1]);
}

function readFiles(folder) {
  return readdirSync(folder).reduce((bytes, name) => bytes + readFileSync(join(folder, name)).length, 0);
}

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function onWarning() {
  // A process that was killed leaves an unfinished write at times: it belongs to what is shown.
}
