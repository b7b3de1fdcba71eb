import { decimal, type ExecutionPlan, type OrderTerms } from '@bowline/domain';
import { draw, MockExchange, type Fault } from '@bowline/exchange-simulator';
import type { ExchangeRequest } from '@bowline/ports';
import { instrumentOf, ManualClock } from '@bowline/testkit';
import fc from 'fast-check';
import { CHANNEL, filtersOf, GatewayBench, keyOf, termsOf } from './gateway.spec-support.js';
import type { GatewayInput } from './state.js';

export type Move = readonly [
  kind: 'place' | 'replace' | 'cancel' | 'price' | 'pass' | 'crash' | 'cut' | 'mend',
  a: number,
  b: number,
];
const kinds: Move[0][] = [
  ...Array<Move[0]>(4).fill('place'),
  ...Array<Move[0]>(5).fill('replace'),
  ...Array<Move[0]>(3).fill('cancel'),
  ...Array<Move[0]>(5).fill('price'),
  ...Array<Move[0]>(8).fill('pass'),
  'crash',
  'cut',
  'mend',
];
const any = fc.nat({ max: 999 });
export const moves = fc.array(fc.tuple(fc.constantFrom(...kinds), any, any) as fc.Arbitrary<Move>, {
  maxLength: 60,
  size: 'max',
});
export const faults = fc.record({
  seed: fc.nat(),
  share: fc.constantFrom(0, 0.1, 0.3),
  twice: fc.constantFrom(0, 0.3),
  fillRatio: fc.constantFrom(1, 0.4),
});

const FREE = decimal(0);

/** What a channel would know of its order, from what the gateway tells it. */
interface Known {
  status: 'pending' | 'live' | 'replacing' | 'over';
  left: number;
}

/** A gateway on a mock exchange to whose requests anything may happen, and a channel that asks for what it may ask for. */
export class Play {
  readonly clock = new ManualClock(0);
  readonly bench = new GatewayBench(false);
  readonly known = new Map<string, Known>();
  /** By the order that was to be replaced: how often, and how often that was answered. */
  readonly replaces = new Map<string, { asked: number; answered: number }>();
  readonly exchange: MockExchange;
  isCalm = false;
  /** By the order that is to be replaced: what takes its place. */
  private readonly targets = new Map<string, string>();
  private price = 1_000;
  private volume = 0;
  private generation = 0;
  private heard = 0;
  private timer: { readonly at: number; readonly takeBack: () => void } | null = null;
  private life = 0;
  private loses = false;

  /**
   * @param maxQty the most lots of one order; null: no order is sent in parts
   * @param execution how entries are worked; null: they are sent as they are
   */
  constructor(
    given: { seed: number; share: number; twice: number; fillRatio: number },
    maxQty: number | null = null,
    private readonly execution: ExecutionPlan | null = null,
  ) {
    let count = 0;
    this.exchange = new MockExchange({
      exchange: 'binance-usdm',
      clock: this.clock,
      instruments: [instrumentOf('binance-usdm', 'BTCUSDT')],
      accounts: [
        {
          account: 'odum',
          hedgeMode: false,
          balances: { USDT: 10n ** 24n },
          feeMakerBps: FREE,
          feeTakerBps: FREE,
        },
      ],
      seed: given.seed,
      fillRatio: given.fillRatio,
      duplicateProbability: given.twice,
      faultOf: () => (this.isCalm ? null : faultOf(given, (count += 1))),
    });
    if (maxQty !== null) this.bench.report(filtersOf({ maxQty }));
    this.show(0);
    this.start();
  }

  move([kind, a, b]: Move): void {
    const open = [...this.known].filter(([, { status }]) => status === 'live');
    const name = open[a % Math.max(1, open.length)]?.[0];
    switch (kind) {
      case 'place': {
        const placed = this.next((['e', 's', 't'] as const)[a % 3]!);
        this.known.set(placed, { status: 'pending', left: 10 });
        return this.command('place', placed, this.terms(placed, b));
      }
      case 'replace': {
        if (name === undefined || name.startsWith('e')) return;
        this.known.get(name)!.status = 'replacing';
        this.replaces.set(name, {
          asked: (this.replaces.get(name)?.asked ?? 0) + 1,
          answered: this.answered(name),
        });
        this.targets.set(name, this.next(name[0] as 's'));
        return this.command('replace', name, this.terms(this.targets.get(name)!, b));
      }
      case 'cancel': {
        const any = [...this.known].filter(([, { status }]) => status !== 'over');
        const canceled = any[a % Math.max(1, any.length)]?.[0];
        return canceled === undefined ? undefined : this.command('cancel', canceled);
      }
      case 'price':
        return this.show((a % 41) - 20);
      case 'pass':
        return this.clock.advance([10, 60, 150, 900, 4_000][a % 5]!);
      case 'crash':
        return this.crash();
      case 'cut':
        return this.exchange.disconnect('odum');
      case 'mend':
        return this.exchange.reconnect('odum');
    }
  }

  /** Faults stop, and time passes. */
  settle(): void {
    this.isCalm = true;
    this.exchange.reconnect('odum');
    this.clock.advance(180_000);
  }

  private command(type: 'place' | 'replace' | 'cancel', name: string, terms?: OrderTerms): void {
    const fields = { channel: CHANNEL, strategyId: 'A', at: this.clock.now() };
    const key = keyOf(name);
    // The process may die when all is written down and nothing is sent.
    this.loses = this.clock.now() % 7 === 3;
    if (type === 'place')
      this.take({ type: 'command', command: { type, ...fields, terms: terms!, expiresAt: null } });
    else if (type === 'cancel') this.take({ type: 'command', command: { type, ...fields, key } });
    else this.take({ type: 'command', command: { type, ...fields, key, terms: terms! } });
    if (this.loses) this.crash();
  }

  private take(input: GatewayInput): void {
    const { bench } = this;
    bench.at = this.clock.now();
    const before = bench.requests.length;
    bench.take(input);
    if (!this.loses) for (const request of bench.requests.slice(before)) this.send(request);
    this.hear();
    this.schedule();
  }

  private send(request: ExchangeRequest): void {
    this.exchange.client('odum').send(request);
  }

  private start(): void {
    this.life += 1;
    const { life } = this;
    const handled = new Set<string>();
    void this.exchange.client('odum').connect((report) => {
      if (this.life !== life || handled.has(report.id)) return;
      handled.add(report.id);
      this.take({ type: 'report', report });
    });
    this.take({ type: 'connected' });
  }

  private crash(): void {
    this.loses = false;
    void this.exchange.client('odum').close();
    this.timer?.takeBack();
    this.timer = null;
    this.bench.restart();
    this.start();
  }

  private schedule(): void {
    const next = this.bench.role.timer(this.bench.state);
    if (next?.at === this.timer?.at) return;
    this.timer?.takeBack();
    this.timer = null;
    if (next === null) return;
    const takeBack = this.clock.callAt(next.at, () => {
      this.timer = null;
      const due = this.bench.role.timer(this.bench.state);
      if (due !== null) this.take(due.input);
    });
    this.timer = { at: next.at, takeBack };
  }

  private hear(): void {
    for (const { input } of this.bench.told.slice(this.heard)) {
      this.heard += 1;
      if (input.type !== 'execution') continue;
      const name = `${input.key.leg}${input.key.generation}`;
      const known = this.known.get(name) ?? { status: 'over', left: 10 };
      this.known.set(name, known);
      switch (input.report.execType) {
        case 'accept':
          if (known.status === 'pending') known.status = 'live';
          break;
        case 'trade':
          known.left -= input.report.lastQty;
          if (known.left === 0) known.status = 'over';
          break;
        case 'replace': {
          known.status = 'over';
          this.known.set(this.targets.get(name)!, { status: 'live', left: 10 });
          this.replaces.get(name)!.answered += 1;
          break;
        }
        case 'replace_reject':
          if (known.status === 'replacing') known.status = 'live';
          this.replaces.get(name)!.answered += 1;
          break;
        case 'cancel':
        case 'expire':
        case 'reject':
        case 'resolve_absent':
          known.status = 'over';
          break;
        default:
      }
    }
  }

  private answered(name: string): number {
    return this.replaces.get(name)?.answered ?? 0;
  }

  private next(leg: 'e' | 's' | 't'): string {
    this.generation += 1;
    return `${leg}${this.generation}`;
  }

  private terms(name: string, b: number): OrderTerms {
    const plain = termsOf(name);
    const isWorked = this.execution !== null && plain.key.leg === 'e';
    const terms = isWorked ? { ...plain, execution: this.execution } : plain;
    const away = b % 30;
    if (terms.orderType === 'stop_market') return { ...terms, stopPrice: this.price - away };
    if (terms.orderType === 'limit') return { ...terms, limitPrice: this.price + away };
    return terms;
  }

  private show(by: number): void {
    this.price += by;
    const { price } = this;
    const depth = 1_000_000;
    this.volume += 3;
    this.bench.market = { bid: price - 1, ask: price, last: price, volume: this.volume };
    this.exchange.onTick({
      symbol: 'BTCUSDT',
      price,
      quantity: 1,
      bids: [[price - 1, depth]],
      asks: [[price, depth]],
    });
  }
}

function faultOf(
  { seed, share }: { readonly seed: number; readonly share: number },
  count: number,
): Fault | null {
  const drawn = draw(seed, 'fault', count);
  if (drawn >= share) return null;
  return (
    ['request_lost', 'reply_lost', 'timed_out', { lateMs: Math.floor(drawn * 70_000) % 7_000 }] as const
  )[count % 4]!;
}
