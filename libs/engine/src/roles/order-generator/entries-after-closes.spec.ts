import { describe, expect, it } from '@jest/globals';
import type { ClientSignal, OrderIntentMessage, PositionsMessage } from '@bowline/contracts';
import { cash } from '@bowline/domain';
import { clientConfig, EXCHANGE, instrumentOf, START, SYMBOL, type ClientSpec } from '@bowline/testkit';
import type { Outcome } from '../../runner/role.js';
import type { MarketView } from '../market-view.js';
import type { OrderGeneratorEvent, OrderGeneratorInput } from './events.js';
import { orderGenerator } from './role.js';

const CLIENT = 'odum';
const channel = { clientId: CLIENT, exchange: EXCHANGE, symbol: SYMBOL };

/** One order-generator and what it says, at a market that stands at 100. */
class Generator {
  private readonly market: MarketView = {
    quote: () => ({ last: 1_000, at: START, bid: null, ask: null }),
    volatility: () => null,
  };
  private readonly role;
  readonly state;
  /** `a LONG 10` */
  readonly entries: string[] = [];

  constructor(spec: ClientSpec) {
    const markets = [EXCHANGE, 'okx'].map((exchange) => ({
      exchange,
      symbol: SYMBOL,
      instrument: instrumentOf(exchange, SYMBOL),
    }));
    const setup = {
      client: clientConfig(CLIENT, spec),
      markets,
      signalTtlMs: null,
      maxQuoteAgeMs: null,
      limitsRequired: false,
    };
    this.role = orderGenerator(setup, this.market);
    this.state = this.role.create();
  }

  signal(strategyId: string, signal: 1 | 0 | -1, more: { minute?: number; exchange?: string } = {}): void {
    const { exchange, minute = 0 } = more;
    const time = START + minute * 60_000;
    const body: ClientSignal = {
      id: `${strategyId} ${signal} ${minute}`,
      strategyId,
      symbol: SYMBOL,
      signal,
      time,
      price: null,
      takeProfit: null,
      stopLoss: null,
      volatility: null,
      quantity: null,
      expiresAt: null,
    };
    this.take({ type: 'signal', signal: body, ...(exchange === undefined ? {} : { exchange }) });
  }

  /** The channel says where a strategy stands; `won`: its position is over. */
  report(strategyId: string, sequence: number, openQty: number, won: string | null = null): void {
    const netPnl = won === null ? 0n : cash(won);
    const closed = won === null ? null : { netPnl, realizedPnl: netPnl, traded: true };
    const report = { strategyId, side: 'LONG', openQty, entryLeavesQty: 0, closed } as const;
    const message = { channel, reports: [{ report, sequence }] } as unknown as PositionsMessage;
    this.take({ type: 'positions', message });
  }

  /** Lets everything happen that is due. */
  wait(): void {
    for (let next = this.role.timer(this.state); next !== null; next = this.role.timer(this.state)) {
      this.take(next.input);
    }
  }

  private take(input: OrderGeneratorInput): void {
    const { messages }: Outcome<OrderGeneratorEvent> = this.role.execute(this.state, input, START + 1);
    for (const { body, topic } of messages) {
      if (!topic.startsWith('order-intents.')) continue;
      const { channel: of, intent } = body as OrderIntentMessage;
      if (intent.type !== 'open') continue;
      const at = of.exchange === EXCHANGE ? '' : ` at ${of.exchange}`;
      this.entries.push(`${intent.strategyId} ${intent.side} ${intent.quantity}${at}`);
    }
  }
}

describe('entries that waited for a close', () => {
  /** Both long 10 lots, and both told to be short. */
  function reversing(): Generator {
    const generator = new Generator({ params: { percentOfBalance: '10' } });
    for (const strategyId of ['b', 'a']) {
      generator.signal(strategyId, 1);
      generator.report(strategyId, 1, 10_000);
    }
    generator.entries.length = 0;
    for (const strategyId of ['b', 'a']) generator.signal(strategyId, -1, { minute: 1 });
    return generator;
  }

  it('are sized on the results of all closes that are known, in the order of the strategies', () => {
    const generator = reversing();
    generator.report('b', 2, 0, '1000');
    generator.report('a', 2, 0, '-3000');
    generator.wait();
    expect(generator.entries).toEqual(['a SHORT 8000', 'b SHORT 8000']);
  });

  it('come before the next signal of their strategy', () => {
    const generator = reversing();
    generator.report('b', 2, 0, '0');
    generator.signal('b', 0, { minute: 2 });
    generator.wait();
    expect(generator.entries).toEqual(['b SHORT 10000']);
    expect(generator.state.client.channels[0]!.targets.get('b')).toMatchObject({
      closing: true,
      pending: null,
    });
  });

  it('are still due after a restart', () => {
    const generator = reversing();
    generator.report('b', 2, 0, '0');
    const { role, state } = generator as unknown as { role: ReturnType<typeof orderGenerator>; state: never };
    expect(role.timer(role.load(role.save(state)))).toEqual(role.timer(state));
    expect(role.timer(state)).not.toBeNull();
  });
});

describe('a signal for one exchange', () => {
  it('leaves the channels at the others alone', () => {
    const generator = new Generator({ accounts: { [EXCHANGE]: {}, okx: {} } });
    generator.signal('a', 1, { exchange: 'okx' });
    expect(generator.entries).toEqual(['a LONG 1000 at okx']);
    generator.signal('a', 1, { exchange: EXCHANGE });
    expect(generator.entries).toEqual(['a LONG 1000 at okx', 'a LONG 1000']);
  });
});
