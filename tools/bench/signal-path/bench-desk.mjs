/** A desk with many clients and channels, composed as the program does it, on exchanges that answer at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  encodeJson,
  parseConfig,
  topicOf,
  traceOf,
  traceWithin,
} from '../../../libs/contracts/dist/index.js';
import { LocalBus } from '../../../libs/bus/local/dist/index.js';
import {
  ExecutionGateways,
  layOut,
  LiveMarketView,
  OcoManagers,
  OrderGenerators,
  OrderNames,
  SystemClock,
} from '../../../libs/engine/dist/index.js';
import { localBus } from '../../../services/bowline/dist/live/desk-bus.js';
import { Desk } from '../../../services/bowline/dist/live/desk.js';
import { mockMarkets } from '../../../services/bowline/dist/live/mock-markets.js';
import { InstantExchange } from './instant-exchange.mjs';

const EXCHANGE = 'binance-usdm';
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'];
const STRATEGIES = Array.from({ length: 10 }, (_, at) => `strategy-${at}`);
const ROLES = ['order-generator', 'oco-manager', 'execution-gateway'];
const PRICE = 450_000;
const QUIET = { info: () => undefined, warn: console.warn, error: console.error };

function configOf(clients) {
  const client = `
    exchanges: { ${EXCHANGE}: { accountBalance: 10000000, feeMakerBps: 2, feeTakerBps: 5 } }
    riskParams: { takeProfitPct: 1, stopLossPct: 0.5, maxLeverage: 20 }
    orderParams: { sizing: { fixedQuantity: 0.01 } }
    strategies: [${STRATEGIES.join(', ')}]`;
  const instruments = SYMBOLS.map((symbol) => `  ${symbol}: { tickSize: 0.1, lotSize: 0.001 }`).join('\n');
  return `clients:\n${Array.from({ length: clients }, (_, at) => `  client-${at}:${client}`).join('\n')}\ninstruments:\n${instruments}\n`;
}

function deskOf(clients) {
  const config = parseConfig(configOf(clients), 'bench');
  return { config, layout: layOut(config.clients, mockMarkets(config)) };
}

/** Opens the shards of such a desk, and nothing else of it. Returns what closes them. */
export async function openShards(journals, clients) {
  const { layout } = deskOf(clients);
  const names = new OrderNames(layout.clients);
  const silent = new Proxy({}, { get: () => () => undefined });
  const bus = new LocalBus();
  const runtime = { bus, journals, clock: new SystemClock(), observer: silent };
  const clientOf = ({ account, client }) => new InstantExchange(account.exchange, client.clientId, PRICE);
  const terms = { signalTtlMs: null, maxQuoteAgeMs: null };
  const shards = [
    await OrderGenerators.open(runtime, layout, new LiveMarketView(), terms),
    await OcoManagers.open(runtime, layout, names, 'paired'),
    await ExecutionGateways.open(runtime, layout, names, clientOf),
  ];
  return async () => {
    for (const each of shards) await each.close();
    await bus.close();
  };
}

/** One strategy of one client in one symbol: enters and goes flat in turns. */
class Slot {
  isLong = false;
  /** Requests that are still to come before the next signal; 0: it may be sent. */
  due = 0;
  begun = 0;
  first = false;
}

function slotsOf({ clients }) {
  return STRATEGIES.flatMap((strategyId) =>
    SYMBOLS.flatMap((symbol) =>
      clients.map(({ clientId }) => Object.assign(new Slot(), { clientId, symbol, strategyId })),
    ),
  );
}

/** What the bench does to the desk, and sees of it. */
export class BenchDesk {
  /** Milliseconds from a signal to the first request that it led to. */
  latencies = [];
  /** Whether signals have a trace, as those that ingest takes in. */
  traced = true;
  /** Signals that have led to all that they lead to. */
  done = 0;
  sent = 0;
  #slots = [];
  #byName = new Map();
  /** By clientOrderId: a cancel says no more. */
  #names = new Map();
  #free = [];
  #bus;
  #exchanges = new Map();
  #onFree = () => undefined;

  /**
   * @param journals an open store
   * @param {BenchDesk | null} before the desk that has written it, and is closed
   */
  static async open(journals, clients, before = null) {
    const bench = new BenchDesk();
    await bench.#open(journals, clients, before);
    return bench;
  }

  async #open(journals, clients, before) {
    const { config, layout } = deskOf(clients);
    const clock = new SystemClock();
    const listeners = [];
    const feed = { onUpdate: (listener) => listeners.push(listener), onBar: () => undefined };
    this.desk = await Desk.open(
      {
        config,
        layout,
        roles: ROLES,
        mode: 'simulation',
        clock,
        journals,
        openBus: localBus(1_000),
        feeds: [feed],
        history: [],
        clientOf: ({ account, client }) => this.#exchangeOf(account.exchange, client.clientId, before),
        logger: QUIET,
        http: null,
        speed: 1,
        seed: null,
        analytics: null,
        maxQuoteAgeMs: 3_600_000,
      },
      (error) => {
        throw error;
      },
    );
    for (const symbol of SYMBOLS) {
      const quote = { bid: PRICE - 1, ask: PRICE + 1, last: PRICE, high: PRICE, low: PRICE };
      for (const listener of listeners) listener({ exchange: EXCHANGE, symbol, at: clock.now(), ...quote });
    }
    this.#bus = this.desk.trace.over(this.desk.bus);
    this.#slots = before === null ? slotsOf(layout) : before.#slots;
    for (const slot of this.#slots) {
      this.#byName.set(`${slot.clientId} ${slot.symbol} ${slot.strategyId}`, slot);
      this.#free.push(slot);
    }
    if (before === null) return;
    // Numbers name the signals: none is sent twice.
    this.sent = before.sent;
    this.#names = before.#names;
  }

  #exchangeOf(exchange, clientId, before) {
    const known = before?.#exchanges.get(clientId) ?? new InstantExchange(exchange, clientId, PRICE);
    known.onRequest = (...args) => this.#requested(...args);
    this.#exchanges.set(clientId, known);
    return known;
  }

  /** Sends the next signal of the slot that has waited longest. False where all are busy. */
  signal() {
    const slot = this.#free.shift();
    if (slot === undefined) return false;
    const { clientId, strategyId, symbol } = slot;
    slot.isLong = !slot.isLong;
    // An entry, and two legs; two cancels, and the exit.
    slot.due = 3;
    slot.first = true;
    this.sent += 1;
    const time = Date.now();
    const id = `s${this.sent}/${strategyId}/${symbol}/${clientId}`;
    const message = {
      topic: topicOf('signals', clientId),
      key: clientId,
      id,
      source: 'signal-ingest',
      epoch: 0,
      time,
      cause: null,
      ...(this.traced ? { traceparent: traceWithin(traceOf(`s${this.sent}`), id) } : {}),
      data: encodeJson({
        id: `s${this.sent}`,
        strategyId,
        symbol,
        signal: slot.isLong ? 1 : 0,
        time,
        price: null,
        takeProfit: null,
        stopLoss: null,
        volatility: null,
        quantity: null,
        expiresAt: slot.isLong ? time + 900_000 : null,
      }),
    };
    slot.begun = performance.now();
    void this.#bus.publish(message);
    return true;
  }

  /** As many signals a second for so long, whatever becomes of them. */
  async pace(perSecond, forMs) {
    const from = performance.now();
    const before = this.sent;
    for (;;) {
      const elapsed = performance.now() - from;
      if (elapsed >= forMs) break;
      const due = Math.floor((elapsed * perSecond) / 1000);
      while (this.sent - before < due && this.signal());
      await sleep(1);
    }
    await this.desk.quiet();
  }

  /** As many signals as there can be, `inFlight` of them at a time. Returns how many there were a second. */
  async saturate(inFlight, forMs) {
    const until = performance.now() + forMs;
    const stop = new Promise((resolve) => {
      this.#onFree = () => {
        if (performance.now() < until) this.signal();
        else resolve();
      };
    });
    const from = performance.now();
    const before = this.done;
    for (let at = 0; at < inFlight; at += 1) this.signal();
    await stop;
    const perSecond = ((this.done - before) * 1000) / (performance.now() - from);
    this.#onFree = () => undefined;
    await this.desk.quiet();
    return perSecond;
  }

  async close() {
    await this.desk.close();
  }

  #requested(account, request) {
    if (request.type.startsWith('query')) return;
    const slot = this.#slotOf(account, request);
    if (slot.first) {
      slot.first = false;
      this.latencies.push(performance.now() - slot.begun);
    }
    slot.due -= 1;
    if (slot.due > 0) return;
    this.done += 1;
    this.#free.push(slot);
    this.#onFree();
  }

  #slotOf(account, { clientOrderId, symbol, terms, type }) {
    if (type === 'cancel') return this.#names.get(clientOrderId);
    const { strategyPositionId } = terms.key;
    const strategyId = strategyPositionId.slice(0, strategyPositionId.lastIndexOf('-'));
    const slot = this.#byName.get(`${account} ${symbol} ${strategyId}`);
    this.#names.set(clientOrderId, slot);
    return slot;
  }
}
