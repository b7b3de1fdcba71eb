/**
 * What the historical benches run on: seeded bars in ticks, and a desk of strategies that turn from long to short and
 * back at drawn moments, so that every signal makes one trade. The same arguments give the same scene everywhere.
 */
import { parseConfig } from '../../../libs/contracts/dist/index.js';
import { createInstrument } from '../../../libs/domain/dist/index.js';
import { createBarFills } from '../../../libs/exchanges/simulator/dist/index.js';

export const MINUTE = 60_000;
export const START_MS = Date.UTC(2020, 0, 1);

export const SLIPPAGE_BPS = 1;
export const FEE_MAKER_BPS = 2;
export const FEE_TAKER_BPS = 5;

/** Distance of both legs in percent of the entry: at each density about six of ten trades end at a leg. */
const LEG_PERCENT = { 100: '0.4', 500: '0.9', 5000: '2.8' };

const MIDDLE = 5_000_000;
const LOWEST = 2_000_000;
const HIGHEST = 12_000_000;
/** Bars that a mood of the market lasts. */
const MOOD = 10_000;
const CALM = 0.001;
const WILD = 0.003;

export const instrument = createInstrument({
  exchange: 'sim',
  symbol: 'BTCUSDT',
  kind: 'perpetual',
  base: 'BTC',
  quote: 'USDT',
  settle: 'USDT',
  multiplier: '1',
  inverse: false,
  tickSize: '0.01',
  lotSize: '0.001',
  minNotional: '0',
});

/**
 * Bars of one minute in ticks, in shared memory: a walk in calm and wild spells, kept within bounds.
 *
 * @returns {import('../../../libs/ports/dist/index.js').TickBars}
 */
export function seededBars(length) {
  const draw = seeded(12_345);
  const column = () => new Float64Array(new SharedArrayBuffer(length * 8));
  const [openTime, open, high, low, close] = [column(), column(), column(), column(), column()];
  let price = MIDDLE;
  for (let row = 0; row < length; row += 1) {
    const swing = Math.floor(row / MOOD) % 3 === 2 ? WILD : CALM;
    const end = within(Math.round(price * (1 + (draw() - 0.5) * swing)));
    openTime[row] = START_MS + row * MINUTE;
    open[row] = price;
    close[row] = end;
    high[row] = Math.max(price, end) + Math.round(draw() * 2000);
    low[row] = Math.min(price, end) - Math.round(draw() * 2000);
    price = end;
  }
  return { length, openTime, open, high, low, close, intervalMs: MINUTE };
}

/**
 * A desk of one client: `strategies` of them, each with a quantity of its own, one signal in every `every` bars.
 *
 * @returns what the loop runs on, and the same as plain columns for the bare kernel
 */
export function makeScene({ bars, every, strategies }) {
  const draw = seeded(every);
  const legPercent = LEG_PERCENT[every];
  const turns = Array.from({ length: strategies }, (_, at) => ({
    strategyId: `s${at}`,
    /** In lots of 0.001. */
    quantity: 100 * (at + 1),
    rows: Int32Array.from({ length: Math.floor(bars.length / every) }, (_, turn) =>
      Math.floor((turn + draw()) * every),
    ),
    firstSide: at % 2 === 0 ? 1 : -1,
  }));
  const signals = signalsOf(turns, bars);
  const config = parseConfig(deskYaml(turns, legPercent), 'bench.yaml');
  const input = {
    config,
    markets: [{ exchange: instrument.exchange, symbol: instrument.symbol, instrument, bars }],
    signals,
    funding: new Map(),
    createFills: createBarFills,
    clientOrderId: () => '',
    record: 'trades',
    equity: 'daily',
  };
  return { input, client: config.clients[0], bars, turns, legPercent: Number(legPercent), strategyBars: bars.length * strategies };
}

/**
 * The scene's input on bars that no run has seen: what a run works out about its bars is kept beside them.
 * Objects are written out, not spread: in V8 each object that begins as a spread may get a shape of its own.
 */
export function freshInput({ bars, input }) {
  const { close, high, intervalMs, length, low, open, openTime } = bars;
  const unseen = { length, openTime, open, high, low, close, intervalMs };
  const { exchange, symbol } = instrument;
  return Object.assign({}, input, { markets: [{ exchange, symbol, instrument, bars: unseen }] });
}

/** In order of time, as a file has them. */
function signalsOf(turns, bars) {
  const acts = turns.flatMap(({ firstSide, rows, strategyId }) =>
    Array.from(rows, (bar, turn) => ({ bar, strategyId, signal: turn % 2 === 0 ? firstSide : -firstSide })),
  );
  acts.sort((a, b) => a.bar - b.bar);
  return acts.map(({ bar, signal, strategyId }, at) => ({
    time: bars.openTime[bar],
    strategyId,
    symbol: instrument.symbol,
    signal,
    row: at + 1,
  }));
}

/** The desk as a configuration file has it. */
export function deskYaml(turns, legPercent) {
  return `clients:
  bench:
    exchanges:
      sim: { accountBalance: 100000000, feeMakerBps: ${FEE_MAKER_BPS}, feeTakerBps: ${FEE_TAKER_BPS} }
    riskParams: { takeProfitPct: ${legPercent}, stopLossPct: ${legPercent} }
    orderParams: { sizing: { fixedQuantity: 0.1 } }
    strategies:
${turns.map(({ quantity, strategyId }) => `      ${strategyId}: { orderParams: { sizing: { fixedQuantity: ${quantity / 1000} } } }`).join('\n')}
execution: { slippageBps: ${SLIPPAGE_BPS} }
`;
}

/** A small seeded generator of numbers in [0, 1). */
export function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}

function within(price) {
  return Math.min(HIGHEST, Math.max(LOWEST, price));
}
