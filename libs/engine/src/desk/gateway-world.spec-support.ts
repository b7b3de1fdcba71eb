import {
  encodeJson,
  shardName,
  topicOf,
  type OrderCommandMessage,
  type OrdersMessage,
} from '@bowline/contracts';
import { decimal } from '@bowline/domain';
import { MockExchange } from '@bowline/exchange-simulator';
import { openMemoryJournals, type MemoryJournals } from '@bowline/journal-memory';
import type {
  Bus,
  BusMessage,
  ExchangeClient,
  ExchangeRequest,
  Journal,
  JournalStore,
  Lease,
  RequestPace,
} from '@bowline/ports';
import { CLIENT, clientConfig, EXCHANGE, instrumentOf, ManualClock, START, SYMBOL } from '@bowline/testkit';
import type { RunnerObserver } from '../runner/options.js';
import { settled } from '../runner/runner.spec-support.js';
import { ExecutionGateways } from './execution-gateways.js';
import { layOut } from './layout.js';
import { OrderNames } from './order-names.js';

export const RECV_WINDOW_MS = 5_000;
export const GATEWAY = shardName('execution-gateway', `${CLIENT}.${EXCHANGE}`);
export const OCO = shardName('oco-manager', `${CLIENT}.${EXCHANGE}.${SYMBOL}`);

const CHANNEL = { clientId: CLIENT, exchange: EXCHANGE, symbol: SYMBOL };

export interface LifeOptions {
  readonly lease?: Lease | null;
  readonly heartbeatMs?: number | null;
}

/** One start of the account's gateway, as a process has it. */
export class Life {
  /** What it sent, and when. */
  readonly sent: { readonly at: number; readonly request: ExchangeRequest }[] = [];
  readonly told: BusMessage[] = [];
  /** Why its shards have stopped. */
  readonly stopped: Error[] = [];
  gateways!: ExecutionGateways;
  /** Resolves once it has taken the account over. */
  connected!: Promise<void>;
  private paused: (() => void)[] | null = null;

  constructor(
    private readonly world: GatewayWorld,
    readonly journals: MemoryJournals,
  ) {}

  async open({ heartbeatMs = null, lease = null }: LifeOptions): Promise<void> {
    const { clock, exchange, layout } = this.world;
    const journals = this.pausable(this.journals);
    const bus: Bus = {
      publish: (message) => {
        this.told.push(message);
        return Promise.resolve();
      },
      subscribe: () => ({ close: () => Promise.resolve() }),
      backlog: () => [],
      close: () => Promise.resolve(),
    };
    const runtime = { bus, journals, clock, observer: this.observer(), leaseOf: () => lease };
    const real = exchange.client(CLIENT);
    const client: ExchangeClient = {
      exchange: real.exchange,
      account: real.account,
      capabilities: real.capabilities,
      pace: this.world.pace,
      connect: (onReport) => real.connect(onReport),
      // The exchange's end is one for all lives.
      close: () => Promise.resolve(),
      send: (request) => {
        this.sent.push({ at: clock.now(), request });
        real.send(request);
      },
    };
    const names = new OrderNames(layout.clients);
    const never = () => undefined;
    this.gateways = await ExecutionGateways.open(
      runtime,
      layout,
      names,
      () => client,
      never,
      60_000,
      heartbeatMs,
    );
    this.gateways.start();
    this.connected = this.gateways.connect();
    this.connected.catch(never);
    await settled();
  }

  get shard() {
    return this.gateways.shards[0]!;
  }

  /** Hands it a message as the bus does: resolves once it may be acknowledged. */
  receive(message: BusMessage): Promise<void> {
    return this.gateways.receive('orders', { message, group: GATEWAY });
  }

  /** The process sleeps: what the journal has written for it, it hears of once it goes on. */
  pause(): void {
    this.paused ??= [];
  }

  async goOn(): Promise<void> {
    const waiting = this.paused ?? [];
    this.paused = null;
    for (const wake of waiting) wake();
    await settled();
  }

  /** Orders, cancels and questions that it sent, as text. */
  requests(): string[] {
    return this.sent.map(({ request }) => request.type);
  }

  placed(): string[] {
    return this.sent.flatMap(({ request }) => (request.type === 'place' ? [request.clientOrderId] : []));
  }

  private observer(): RunnerObserver {
    const nothing = () => undefined;
    return {
      appended: nothing,
      duplicate: nothing,
      fenced: nothing,
      parked: nothing,
      quarantined: nothing,
      recovered: nothing,
      stopped: (_, error) => this.stopped.push(error),
    };
  }

  private pausable(store: MemoryJournals): JournalStore {
    const awake = () =>
      new Promise<void>((resolve) => {
        if (this.paused === null) resolve();
        else this.paused.push(resolve);
      });
    const over = (journal: Journal): Journal => ({
      shard: journal.shard,
      get sequence() {
        return journal.sequence;
      },
      append: (expected, record) => journal.append(expected, record).finally(awake),
      saveSnapshot: (...args) => journal.saveSnapshot(...args),
      loadSnapshot: () => journal.loadSnapshot(),
      readAfter: (sequence) => journal.readAfter(sequence),
    });
    return {
      epoch: store.epoch,
      shards: () => store.shards(),
      close: () => store.close(),
      journal: (shard) => over(store.journal(shard)),
    };
  }
}

/** One account at a mock exchange, traded by one process after the other, all of it moved by hand. */
export class GatewayWorld {
  readonly clock = new ManualClock(START);
  readonly layout = layOut(
    [clientConfig(CLIENT, {})],
    [{ exchange: EXCHANGE, symbol: SYMBOL, instrument: instrumentOf(EXCHANGE, SYMBOL) }],
  );
  readonly exchange = new MockExchange({
    exchange: EXCHANGE,
    clock: this.clock,
    recvWindowMs: RECV_WINDOW_MS,
    instruments: [instrumentOf(EXCHANGE, SYMBOL)],
    accounts: [
      {
        account: CLIENT,
        hedgeMode: false,
        balances: { USDT: 10n ** 24n },
        feeMakerBps: decimal('0'),
        feeTakerBps: decimal('0'),
      },
    ],
  });
  /** What the exchange admits; null: whatever is sent. */
  pace: RequestPace | null = null;
  private latest: MemoryJournals | null = null;
  private messages = 0;

  constructor() {
    this.exchange.onTick({
      symbol: SYMBOL,
      price: 450_000,
      quantity: 1,
      bids: [[449_999, 1e6]],
      asks: [[450_000, 1e6]],
    });
  }

  /** Starts a process over the journals of the one before, which can write no more. */
  async start(options: LifeOptions = {}): Promise<Life> {
    this.latest = this.latest?.reopen() ?? openMemoryJournals();
    const life = new Life(this, this.latest);
    await life.open(options);
    return life;
  }

  /** Lets time pass in small steps, so that what travels arrives and is answered. */
  async pass(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    for (;;) {
      await settled();
      const next = this.clock.nextTime();
      if (next === null || next > until) break;
      this.clock.advanceTo(next);
    }
    this.clock.advanceTo(until);
    await settled();
  }

  /** A stop far below the price, or an entry that rests far below it. */
  place(generation: number, leg: 'e' | 's' = 's', fields: Partial<BusMessage> = {}): BusMessage {
    return this.message(
      {
        type: 'place',
        channel: CHANNEL,
        strategyId: 'A',
        terms: {
          key: { strategyPositionId: 'A-1', leg, generation },
          side: leg === 'e' ? 'BUY' : 'SELL',
          positionSide: 'LONG',
          orderType: leg === 'e' ? 'limit' : 'stop_market',
          orderQty: 1,
          limitPrice: leg === 'e' ? 300_000 : null,
          stopPrice: leg === 'e' ? null : 300_000,
          timeInForce: 'GTC',
          reduceOnly: false,
        },
        expiresAt: null,
        at: this.clock.now(),
      } satisfies OrderCommandMessage,
      fields,
    );
  }

  cancel(generation: number, leg: 'e' | 's' = 'e'): BusMessage {
    const key = { strategyPositionId: 'A-1', leg, generation };
    return this.message({ type: 'cancel', channel: CHANNEL, strategyId: 'A', key, at: this.clock.now() });
  }

  heartbeat(fields: Partial<BusMessage> = {}): BusMessage {
    return this.message({ type: 'heartbeat', channel: CHANNEL, at: this.clock.now() }, fields);
  }

  message(body: OrdersMessage, fields: Partial<BusMessage> = {}): BusMessage {
    this.messages += 1;
    return {
      topic: topicOf('orders', `${CLIENT}.${EXCHANGE}`),
      key: `${CLIENT}.${EXCHANGE}.${SYMBOL}`,
      id: `${OCO}#${this.messages}.0`,
      source: OCO,
      epoch: 1,
      time: this.clock.now(),
      cause: null,
      data: encodeJson(body),
      ...fields,
    };
  }

  openOrders(): string[] {
    return this.exchange.openOrders(CLIENT).map(({ clientOrderId }) => clientOrderId);
  }
}
