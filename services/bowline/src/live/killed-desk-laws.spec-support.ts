import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { DeskConfig } from '@bowline/contracts';
import { cashOf, openQty, sumOfShares, type Cash, type StrategyPosition } from '@bowline/domain';
import { decodeRecord, OrderNames, type OcoShard, type OrderGeneratorEvent } from '@bowline/engine';
import { openEmbeddedJournals } from '@bowline/journal-embedded';
import { SignalAccess } from '@bowline/signal-ingest';
import { createLogger } from '@bowline/telemetry';
import type { MockExchange } from '@bowline/exchange-simulator';
import type { Desk } from './desk.js';
import { MockRun } from './mock-run.js';
import { stateFolder } from './state-folder.js';

/** What the laws look at: the shards of a desk, and what its exchanges say. */
export interface HeldDesk {
  readonly desk: Pick<Desk, 'generators' | 'managers' | 'gateways'>;
  readonly exchanges: ReadonlyMap<
    string,
    Pick<MockExchange, 'signedQty' | 'openOrders' | 'trades' | 'balances'>
  >;
}

/** Everything but what sends signals and what only reads. */
const DECIDING = ['order-generator', 'oco-manager', 'execution-gateway'] as const;

/** Goes on with what a killed desk has left, in this process; time passes by `run` only. */
export async function resumeHere(dir: string, config: DeskConfig, http: boolean): Promise<MockRun> {
  return MockRun.open(
    {
      config,
      state: stateFolder(dir),
      roles: DECIDING,
      seed: null,
      speed: null,
      resume: true,
      access: SignalAccess.open(),
      http: http ? { port: 0 } : null,
      logger: createLogger({ level: 'error', role: 'desk' }),
    },
    (error) => {
      throw error;
    },
  );
}

export function pass(run: MockRun, milliseconds: number): Promise<void> {
  return run.run(milliseconds, new AbortController().signal, () => undefined);
}

/** Does something with a copy of what is on the disk: opening it changes it. */
export async function withCopy<T>(dir: string, work: (copy: string) => Promise<T>): Promise<T> {
  const copy = `${dir}-copy`;
  await rm(copy, { recursive: true, force: true });
  await cp(dir, copy, { recursive: true, filter: (path) => !basename(path).startsWith('desk.duckdb') });
  try {
    return await work(copy);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** What became of signals: by client and signal, the decisions of each channel. */
export class Outcomes {
  private readonly seen = new Map<string, number>();
  private readonly decided = new Map<string, Map<string, string[]>>();

  /** Reads what the order-generators in a folder have journaled since the last call. */
  async read(dir: string): Promise<void> {
    const { journal } = stateFolder(dir);
    const store = await openEmbeddedJournals(journal, { mustExist: true, onWarning: () => undefined });
    for (const shard of store.shards()) {
      if (!shard.startsWith('order-generator/')) continue;
      const client = shard.slice('order-generator/'.length);
      for await (const { record, sequence } of store.journal(shard).readAfter(this.seen.get(shard) ?? 0)) {
        this.seen.set(shard, sequence);
        for (const event of decodeRecord(record).events) this.note(client, event as OrderGeneratorEvent);
      }
    }
    await store.close();
  }

  of(client: string, signalId: string): ReadonlyMap<string, readonly string[]> {
    return this.decided.get(`${client} ${signalId}`) ?? new Map<string, readonly string[]>();
  }

  private note(client: string, event: OrderGeneratorEvent): void {
    if (event.type !== 'decided' || event.decision.type === 'close_commanded') return;
    const { decision, exchange, symbol } = event;
    const key = `${client} ${decision.signal.id}`;
    const channels = this.decided.get(key) ?? new Map<string, string[]>();
    this.decided.set(key, channels);
    const channel = `${exchange}.${symbol}`;
    channels.set(channel, [...(channels.get(channel) ?? []), decision.type]);
  }
}

/** A signal may lead to a close first, and to its entry, or the denial of it, once that is done. */
export function isOneOutcome([first, second, ...others]: readonly string[]): boolean {
  if (first === undefined || others.length > 0) return false;
  return second === undefined || (first === 'close_ordered' && second !== 'close_ordered');
}

/** Watches from outside: what the exchanges say, beside what the desk knows. */
export class KilledDeskLaws {
  private readonly names: OrderNames;

  constructor(private readonly config: DeskConfig) {
    this.names = new OrderNames(config.clients);
  }

  /** What is not as it should be, where nothing is on its way. */
  faults(run: HeldDesk): string[] {
    return run.desk.managers!.shards.flatMap((shard) => {
      const { channel } = shard.runner.state;
      const { net } = bookOf(run, shard);
      const shares = sumOfShares(channel);
      const found = [...channel.positions.values()].flatMap((position) =>
        this.unprotected(run, shard, position),
      );
      if (shares !== net) found.push(`the shares are ${shares}, the exchange has ${net}`);
      if (channel.external !== 0) found.push(`${channel.external} are nobody's`);
      if (channel.frozen) found.push('is frozen');
      return found.map((what) => `${shard.layout.key}: ${what}`);
    });
  }

  /** What is left where everything was closed. */
  remains(run: HeldDesk): string[] {
    const { gateways, generators, managers } = run.desk;
    return [
      ...managers!.shards.flatMap((shard) => {
        const { channel, compared } = shard.runner.state;
        const { net, open } = bookOf(run, shard);
        const { key } = shard.layout;
        return [
          ...[...channel.positions.keys()].map((id) => `${key}: ${id} is open`),
          ...open.map(({ clientOrderId }) => `${key}: ${clientOrderId} is working`),
          ...(net === 0 ? [] : [`${key}: the exchange has ${net}`]),
          ...(compared?.difference === 0 ? [] : [`${key}: the difference is ${compared?.difference}`]),
        ];
      }),
      ...gateways!.shards.flatMap(({ layout, runner }) =>
        [...runner.state.orders.values()]
          .filter(({ replacement, status }) => status !== 'done' || replacement !== null)
          .map(({ clientOrderId, status }) => `${layout.key}: ${clientOrderId} is ${status}`),
      ),
      ...generators!.runners.flatMap(({ shard, state: { channels, client } }) =>
        channels.flatMap(({ exchange, index, intents, symbol }) => {
          const { longLots, shortLots, targets } = client.channels[index]!;
          const reserved = [...intents.values()].reduce(
            (sum, each) => sum + each.reserved,
            longLots + shortLots,
          );
          const waiting = [...targets.values()].filter(({ closing, pending }) => closing || pending !== null);
          if (reserved === 0 && waiting.length === 0) return [];
          return [`${shard} ${exchange} ${symbol}: ${reserved} reserved, ${waiting.length} waiting`];
        }),
      ),
    ];
  }

  /** Cash that the trades do not explain; trades that were not booked, or were not there. */
  misbooked(run: HeldDesk): string[] {
    const { generators, managers } = run.desk;
    const trades = managers!.shards.flatMap((shard) => {
      const { key, name } = shard.layout;
      const { tradeIds } = shard.runner.state.channel;
      const made = run.exchanges.get(name.exchange)!.trades(name.clientId, name.symbol);
      const missing = made.filter(({ tradeId }) => !tradeIds.has(tradeId)).length;
      const booked = (tradeIds as Set<unknown>).size;
      return missing === 0 && booked === made.length
        ? []
        : [`${key}: ${made.length} trades, ${booked} booked`];
    });
    const cash = generators!.runners.flatMap(({ shard, state: { client } }) =>
      client.accounts.flatMap(({ exchange, netPnl }) => {
        const [held] = run.exchanges.get(exchange)!.balances(client.clientId).values();
        const change = held - this.paidIn(client.clientId, exchange);
        return change === netPnl ? [] : [`${shard} ${exchange}: cash ${change}, trades ${netPnl}`];
      }),
    );
    return [...trades, ...cash];
  }

  /** Trades that were booked and were never made, in one channel or as another's. */
  bookedTwice(run: HeldDesk): string[] {
    return run.desk.managers!.shards.flatMap(({ layout: { key, name }, runner }) => {
      const booked = [...(runner.state.channel.tradeIds as Set<unknown>)];
      const made = run.exchanges.get(name.exchange)!.trades(name.clientId, name.symbol);
      const known = new Set<unknown>(made.map(({ tradeId }) => tradeId));
      return booked.filter((id) => !known.has(id)).map((id) => `${key}: trade ${String(id)} was never made`);
    });
  }

  private paidIn(clientId: string, exchange: string): Cash {
    const client = this.config.clients.find((each) => each.clientId === clientId)!;
    return cashOf(client.accounts.find((account) => account.exchange === exchange)!.accountBalance!)!;
  }

  private unprotected(run: HeldDesk, shard: OcoShard, position: StrategyPosition): string[] {
    const { closing, id, stopLoss, stopLossPrice, strategyId, stuck } = position;
    if (stuck) return [`${id} was given up`];
    if (closing !== null) return [`${id} is closing still, by ${closing}`];
    const quantity = openQty(position);
    if (quantity === 0 || stopLossPrice === null) return [];
    const { clientId, exchange, symbol } = shard.layout.name;
    const name = stopLoss && this.names.nameOf(clientId, exchange, symbol, strategyId, stopLoss.terms.key);
    const stop = bookOf(run, shard).open.find(({ clientOrderId }) => clientOrderId === name);
    if (stop?.leavesQty === quantity && stop.stopPrice === stopLossPrice) return [];
    return [
      `${id} of ${quantity} has a stop of ${stop?.leavesQty} at ${stop?.stopPrice}, not ${stopLossPrice}`,
    ];
  }
}

/** Orders that reached an exchange more than once, and positions that were entered for more than was ordered. */
export async function doubled(dir: string): Promise<string[]> {
  const { exchange: folder } = stateFolder(dir);
  const found: string[] = [];
  for (const file of await readdir(folder)) {
    const seen = new Set<string>();
    for (const { account, clientOrderId } of await placed(join(folder, file))) {
      const name = `${account} ${clientOrderId}`;
      if (seen.has(name)) found.push(`${file}: ${name} was placed twice`);
      seen.add(name);
    }
  }
  return found;
}

/** How many entries of an account have reached its exchanges. */
export async function entriesOf(dir: string, account: string): Promise<number> {
  const { exchange: folder } = stateFolder(dir);
  let count = 0;
  for (const file of await readdir(folder)) {
    const orders = await placed(join(folder, file));
    count += orders.filter((order) => order.account === account && order.clientOrderId[LEG] === 'e').length;
  }
  return count;
}

/** Where the leg stands in a clientOrderId. */
const LEG = 6;

interface Placed {
  readonly kind: 'new';
  readonly account: string;
  readonly clientOrderId: string;
}

/** The orders in an exchange's log, a half-written last line left out. */
async function placed(path: string): Promise<Placed[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
  return lines.flatMap((line) => {
    const content: unknown = JSON.parse(line);
    const command = Array.isArray(content) ? (content[1] as Placed | { readonly kind: 'other' }) : null;
    return command?.kind === 'new' ? [command] : [];
  });
}

function bookOf(run: HeldDesk, { layout }: OcoShard) {
  const { clientId, exchange, symbol } = layout.name;
  const book = run.exchanges.get(exchange)!;
  return { net: book.signedQty(clientId, symbol), open: book.openOrders(clientId, symbol) };
}
