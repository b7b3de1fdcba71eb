import { createInstrument, decimal, priceToTicks, type Instrument, type Ticks } from '@bowline/domain';
import type { DenialRecord, HistoricalResult, ResultChannel, TickBars } from '@bowline/ports';
import { equityCurves, sampleBars } from './historical-result/equity.js';
import { openPositionRecords, exchangePositionRecords } from './historical-result/open-positions.js';
import { randomOf, type Random } from './historical-result/random.js';
import { tradeOf, type Traded } from './historical-result/trades.js';

export interface HistoricalResultOptions {
  readonly seed?: number;
  readonly clients?: readonly string[];
  readonly exchanges?: readonly string[];
  readonly symbols?: readonly string[];
  readonly strategies?: readonly string[];
  /** Bars of each symbol. */
  readonly bars?: number;
  readonly intervalMs?: number;
  readonly startTime?: number;
  /** About how many trades to close over all channels and strategies. */
  readonly trades?: number;
  readonly equity?: 'daily' | 'bar';
}

const DEFAULTS: Required<HistoricalResultOptions> = {
  seed: 1,
  clients: ['christian', 'ikenna', 'odum'],
  exchanges: ['binance-spot', 'binance-usdm'],
  symbols: ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'],
  strategies: ['breakout-2', 'carry-1', 'mean-1', 'mean-2', 'trend-1'],
  bars: 3_000,
  intervalMs: 60_000,
  startTime: Date.UTC(2021, 4, 19),
  trades: 300,
  equity: 'daily',
};

/**
 * A historical result of any size whose records belong together: every trade has its orders and fills, equity is
 * starting equity + realized + unrealized + funding - fees, every exchange position is the sum of its shares. The same
 * options give the same result.
 */
export function randomHistoricalResult(options: HistoricalResultOptions = {}): HistoricalResult {
  const all = { ...DEFAULTS, ...options };
  const random = randomOf(all.seed);
  const channels = channelsOf(all, random);
  const traded = channels.flatMap((channel, at) =>
    all.strategies.flatMap((id) => trades(channel, at, id, all, random)),
  );
  const closed = traded.filter((each) => each.trade !== null);
  const byTime = <T>(items: T[], time: (item: T) => number): T[] => items.sort((a, b) => time(a) - time(b));
  const fills = byTime(
    traded.flatMap((each) => each.fills),
    (fill) => fill.time,
  );
  return {
    channels,
    trades: byTime(
      closed.flatMap((each) => each.trade ?? []),
      (trade) => trade.exitTime,
    ),
    orders: byTime(
      traded.flatMap((each) => each.orders),
      (order) => order.createdTime,
    ),
    fills,
    denials: byTime(denials(channels, all.strategies, random), (denial) => denial.time),
    openPositions: openPositionRecords(traded, channels),
    exchangePositions: exchangePositionRecords(traded, channels),
    equity: equityCurves(traded, channels, all.strategies, sampleBars(channels[0].bars, all.equity)),
    invariants: { checked: fills.length, violated: 0 },
    ignoredSignals: { NOT_FOLLOWED: 7, OUTSIDE_DATA: 3 },
  };
}

function channelsOf(options: Required<HistoricalResultOptions>, random: Random): ResultChannel[] {
  const walks = new Map(options.symbols.map((symbol) => [symbol, randomBars(options, random)]));
  return [...options.clients].sort().flatMap((clientId) =>
    [...options.exchanges].sort().flatMap((exchange) =>
      [...options.symbols].sort().map((symbol) => ({
        clientId,
        exchange,
        symbol,
        instrument: usdtInstrument(exchange, symbol),
        bars: walks.get(symbol) ?? randomBars(options, random),
      })),
    ),
  );
}

/** An instrument quoted in USDT with prices of 0.01 and quantities of 0.001. */
export function usdtInstrument(exchange: string, symbol: string): Instrument {
  return createInstrument({
    exchange,
    symbol,
    kind: exchange.includes('spot') ? 'spot' : 'perpetual',
    base: symbol.replace(/USDT$/, ''),
    quote: 'USDT',
    settle: 'USDT',
    multiplier: '1',
    inverse: false,
    tickSize: '0.01',
    lotSize: '0.001',
    minNotional: '5',
  });
}

/** A random walk whose steps grow and shrink in phases, in ticks of 0.01 from about 40,000. */
function randomBars(options: Required<HistoricalResultOptions>, random: Random): TickBars {
  const { bars: length, intervalMs, startTime } = options;
  const column = (): Float64Array => new Float64Array(length);
  const bars = {
    length,
    intervalMs,
    openTime: column(),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
  };
  let price = 3_500_000 + Math.floor(random() * 1_000_000);
  let step = 0.0006;
  for (let i = 0; i < length; i += 1) {
    if (random() < 0.002) step = 0.0002 + random() * 0.0016;
    const close = Math.max(100_000, Math.round(price * (1 + (random() + random() - 1) * step)));
    bars.openTime[i] = startTime + i * intervalMs;
    bars.open[i] = price;
    bars.close[i] = close;
    bars.high[i] = Math.max(price, close) + Math.floor(random() * price * step);
    bars.low[i] = Math.min(price, close) - Math.floor(random() * price * step);
    price = close;
  }
  return bars;
}

/** One trade in each of the equal parts that the bars are cut into; of every fifth owner the last one stays open. */
function trades(
  channel: ResultChannel,
  at: number,
  strategyId: string,
  options: Required<HistoricalResultOptions>,
  random: Random,
): Traded[] {
  const owners =
    options.clients.length * options.exchanges.length * options.symbols.length * options.strategies.length;
  const perOwner = Math.max(1, Math.round(options.trades / owners));
  const part = Math.floor(channel.bars.length / perOwner);
  if (part < 3) throw new RangeError(`${options.trades} trades do not fit into ${channel.bars.length} bars`);
  return Array.from({ length: perOwner }, (_value, i) => {
    const first = i * part;
    const entryBar = first + Math.floor(random() * (part - 2));
    const exitBar = entryBar + 1 + Math.floor(random() * (first + part - entryBar - 1));
    const staysOpen = i === perOwner - 1 && random() < 0.2;
    return tradeOf(
      { channel, at, strategyId, number: i + 1, entryBar, exitBar: staysOpen ? null : exitBar },
      random,
    );
  });
}

function denials(
  channels: readonly ResultChannel[],
  strategies: readonly string[],
  random: Random,
): DenialRecord[] {
  return channels.map((channel, at) => ({
    channel: at,
    strategyId: strategies[at % strategies.length],
    time: channel.bars.openTime[Math.floor(random() * channel.bars.length)],
    code: at % 2 === 0 ? 'VOLATILITY_UNAVAILABLE' : 'MAX_POSITION_SIZE',
    text: at % 2 === 0 ? 'the window has 12 of 20 closes' : 'position would be 0.7, "maxPositionSize" is 0.5',
  }));
}

/** Ticks of a price in decimal text. */
export function ticksOf(instrument: Instrument, price: string): Ticks {
  const ticks = priceToTicks(instrument, decimal(price));
  if (ticks === null) throw new RangeError(`${price} is no multiple of ${instrument.tickSize}`);
  return ticks;
}
