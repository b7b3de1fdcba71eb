import { afterEach, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { draw } from '@bowline/exchange-simulator';
import { sharedData, whenPresent, WorkFolder } from '@bowline/testkit';
import { SignalSender, command, type SentSignal } from '../live/killed-desk.spec-support.js';
import { DialectDesk, get, until } from './dialect-desk.spec-support.js';

const work = new WorkFolder('five-strategies');
afterEach(() => DialectDesk.killAll());

const STRATEGIES = ['trend', 'revert', 'scout', 'carry', 'noise'];
const ROUNDS = 12;
const ROUND_MS = 2_500;

/** Opposite owners in one netted position: no limit that the exchange could take for a reason to refuse. */
const DESK = `
clients:
  ikenna:
    exchanges:
      binance-usdm:
        accountBalance: 1000000
        symbols: [BTCUSDT]
        apiKey: env:SPEC_KEY
        apiSecret: env:SPEC_SECRET
    strategies: [${STRATEGIES.join(', ')}]
    riskParams:
      takeProfitPct: 0.05
      stopLossPct: 0.05
      maxOrderValue: 100000
      maxPositionNotional: 100000
      maxDailyLoss: 100000
    orderParams: { sizing: { fixedNotional: 1000 }, maxSlippageBps: 1000 }
instruments:
  BTCUSDT: { tickSize: 0.1, lotSize: 0.001, minNotional: 5 }
`;

/** What goes wrong, one after the other while they trade. */
const FAULTS: readonly Readonly<Record<string, unknown>>[] = [
  { fault: 'error_reply', request: 'place', status: 503, code: -1007, executed: true },
  { fault: 'reply_lost', request: 'place', count: 2 },
  { fault: 'duplicate', count: 5 },
  { fault: 'slow', request: 'place', delayMs: 500, count: 2 },
  { fault: 'reorder', count: 3 },
  { fault: 'error_reply', request: 'cancel', status: 503, code: null, executed: false },
  { fault: 'disconnect' },
  { fault: 'reply_lost', request: 'cancel', count: 2 },
  { fault: 'error_reply', request: 'place', status: 429, code: -1003, retryAfterMs: 1_000 },
  { fault: 'timed_out', request: 'place' },
  { fault: 'listen_key_expired' },
  { fault: 'cancel_then_fill', request: 'cancel' },
];

interface Channels {
  readonly items: readonly {
    readonly sumOfShares: string;
    readonly exchangeQuantity: string | null;
    readonly openPositions: number;
    readonly frozen: boolean;
  }[];
}

whenPresent(
  'five strategies, long and short, on one netted account over recorded ticks with faults',
  'recorded ticks of Binance USD-M',
  sharedData('ticks/binance-usdm-btcusdt_20240808.gz'),
  (ticks) => {
    it('add up to what the exchange says, with no order doubled', async () => {
      const simulated = work.file('exchanges.yaml', DESK);
      const desk = await DialectDesk.open(simulated, work.at('exchanges'), [
        ...['--ticks', `BTCUSDT=${ticks}`, '--speed', '10', '--latency-ms', '5'],
      ]);
      const config = work.file('desk.yaml', `${DESK}${desk.dependencies('live')}`);
      const url = await desk.trade(config, work.at('desk'));
      let draws = 0;
      const random = (): number => draw(7, 'five', (draws += 1));
      const oneOf = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
      let sent = 0;
      const sender = new SignalSender((): SentSignal => ({
        id: `s-${(sent += 1)}`,
        strategyId: oneOf(STRATEGIES),
        symbol: 'BTCUSDT',
        signal: oneOf([1, -1, 1, -1, 0] as const),
      }));
      await until(
        () => fetch(`${url}/readyz`),
        ({ ok }) => ok,
      );
      for (let round = 0; round < ROUNDS; round += 1) {
        await desk.fault(FAULTS[round % FAULTS.length]!);
        const over = new AbortController();
        const sending = sender.sendTo(url, over.signal);
        await sleep(ROUND_MS);
        over.abort();
        await sending;
      }

      // Nothing goes wrong any more: what is open is closed, by those who own it.
      await command(url, { type: 'trading_state', state: 'HALTED', all: true });
      await until(
        async () => {
          await command(url, { type: 'close', all: true });
          await sleep(1_000);
          const { accounts } = await desk.truth();
          const { items } = await get<Channels>(url, '/v1/channels');
          return { account: accounts['ikenna']!, channel: items[0]! };
        },
        ({ account, channel }) =>
          account.positions.length + account.openOrders.length + channel.openPositions === 0,
      );
      await command(url, { type: 'reconcile', all: true });
      const channel = await until(
        async () => (await get<Channels>(url, '/v1/channels')).items[0]!,
        ({ exchangeQuantity, frozen, sumOfShares }) =>
          !frozen && exchangeQuantity !== null && Number(exchangeQuantity) === 0 && Number(sumOfShares) === 0,
      );
      expect(Number(channel.sumOfShares)).toBe(0);

      const { accounts } = await desk.truth();
      const orders = Object.entries(accounts['ikenna']!.orders);
      expect(orders.filter(([, { accepted, duplicates }]) => accepted > 1 || duplicates > 0)).toEqual([]);
      expect(orders.length).toBeGreaterThan(ROUNDS * STRATEGIES.length);
      const unprotected = spells(await (await fetch(`${url}/metrics`)).text());
      expect(unprotected.count).toBeGreaterThan(ROUNDS);
      process.stdout.write(
        `unprotected seconds: ${unprotected.count} spells, 50 % within ${unprotected.p50} s, 99 % within ${unprotected.p99} s\n`,
      );
      const { exitCode } = await desk.stopTrading();
      expect(exitCode).toBe(0);
      await desk.close();
    }, 240_000);
  },
);

/** The spells without protection, and how long most of them lasted: upper bounds of their buckets, seconds. */
function spells(metrics: string): { readonly count: number; readonly p50: number; readonly p99: number } {
  const buckets = new Map<number, number>();
  for (const [, bound, count] of metrics.matchAll(
    /^bowline_unprotected_seconds_bucket\{[^}]*le="([^"]+)"[^}]*\} (\S+)$/gm,
  )) {
    const le = bound === '+Inf' ? Number.POSITIVE_INFINITY : Number(bound);
    buckets.set(le, (buckets.get(le) ?? 0) + Number(count));
  }
  const count = buckets.get(Number.POSITIVE_INFINITY) ?? 0;
  const within = (share: number): number =>
    [...buckets].sort(([a], [b]) => a - b).find(([, sum]) => sum >= share * count)?.[0] ?? Number.NaN;
  return { count, p50: within(0.5), p99: within(0.99) };
}
