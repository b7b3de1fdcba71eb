/**
 * What the historical benches run on: seeded bars in ticks, and a desk of strategies with signals at drawn moments.
 * The same arguments give the same scene everywhere.
 */
import { parseConfig } from '../../../libs/contracts/dist/index.js';
import { createInstrument } from '../../../libs/domain/dist/index.js';
import { createBarFills } from '../../../libs/exchanges/simulator/dist/index.js';

/**
 * @typedef {object} Turns when a strategy changes its mind
 * @property {string} strategyId
 * @property {number} quantity lots of 0.001
 * @property {Int32Array} rows bars on which its signals act, ascending
 * @property {Int8Array} signals 1 be long, -1 be short, 0 be flat
 */

/**
 * @typedef {object} Scene
 * @property {import('../../../libs/ports/dist/index.js').TickBars} bars
 * @property {Turns[]} turns
 * @property {number} legPercent distance of stop and target from the entry
 * @property {import('../../../libs/contracts/dist/index.js').DeskConfig} config
 * @property {import('../../../libs/ports/dist/index.js').SignalRow[]} signals the turns as rows, in order of time
 */

export const SLIPPAGE_BPS = 1;
export const FEE_MAKER_BPS = 2;
export const FEE_TAKER_BPS = 5;

/** Distance of both legs by the bars from signal to signal: at each density about six of ten trades end at a leg. */
export const LEG_PERCENT = { 100: 0.4, 500: 0.9, 5000: 2.8 };

const MINUTE = 60_000;
const START_MS = Date.UTC(2020, 0, 1);
const MIDDLE = 5_000_000;
const LOWEST = 2_000_000;
const HIGHEST = 12_000_000;
/** Bars that a mood of the market lasts, and how far a bar swings in each. */
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

/** One-minute bars in ticks, in shared memory: a walk in calm and wild spells, kept within bounds. */
export function seededBars(length) {
  const draw = seeded(12_345);
  const column = () => new Float64Array(new SharedArrayBuffer(length * 8));
  const [openTime, open, high, low, close] = [column(), column(), column(), column(), column()];
  let price = MIDDLE;
  for (let row = 0; row < length; row += 1) {
    const swing = Math.floor(row / MOOD) % 3 === 2 ? WILD : CALM;
    const end = Math.min(HIGHEST, Math.max(LOWEST, Math.round(price * (1 + (draw() - 0.5) * swing))));
    openTime[row] = START_MS + row * MINUTE;
    open[row] = price;
    close[row] = end;
    high[row] = Math.max(price, end) + Math.round(draw() * 2000);
    low[row] = Math.min(price, end) - Math.round(draw() * 2000);
    price = end;
  }
  return { length, openTime, open, high, low, close, intervalMs: MINUTE };
}

/** Strategies that turn from long to short and back, once in every `every` bars: each signal makes one trade. */
export function turningStrategies({ every, length, strategies }) {
  const draw = seeded(every);
  const count = Math.floor(length / every);
  return Array.from({ length: strategies }, (_, at) => ({
    strategyId: `s${at}`,
    quantity: 100 * (at + 1),
    rows: Int32Array.from({ length: count }, (_, turn) => Math.floor((turn + draw()) * every)),
    signals: Int8Array.from({ length: count }, (_, turn) => ((turn + at) % 2 === 0 ? 1 : -1)),
  }));
}

/** One strategy that enters long in the first half of every `every` bars, and leaves in the second. */
export function pulsingStrategy({ every, length }) {
  const draw = seeded(every + 1);
  const half = Math.floor(every / 2);
  const count = 2 * Math.floor(length / every);
  return {
    strategyId: 'pulse',
    quantity: 1000,
    rows: Int32Array.from({ length: count }, (_, turn) => turn * half + 1 + Math.floor(draw() * (half - 1))),
    signals: Int8Array.from({ length: count }, (_, turn) => (turn % 2 === 0 ? 1 : 0)),
  };
}

/** @returns {Scene} */
export function makeScene(bars, turns, legPercent) {
  const config = parseConfig(deskYaml(turns, legPercent), 'bench.yaml');
  return { bars, turns, legPercent, config, signals: signalRows(bars, turns) };
}

/**
 * What one run gets. Its bars are an object that no run has seen, because a run keeps what it works out about its bars
 * beside them.
 */
export function inputOf({ bars, config, signals }, desk) {
  // Written out: each object that begins as a spread may get a shape of its own, which slows down whoever reads it.
  const { close, high, intervalMs, length, low, open, openTime } = bars;
  const unseen = { length, openTime, open, high, low, close, intervalMs };
  const { exchange, symbol } = instrument;
  return {
    config,
    markets: [{ exchange, symbol, instrument, bars: unseen }],
    signals,
    funding: new Map(),
    createFills: createBarFills,
    clientOrderId: () => '',
    record: 'trades',
    equity: 'daily',
    ...(desk && { desk }),
  };
}

/** The desk as a configuration file has it. */
export function deskYaml(turns, legPercent) {
  const strategies = turns.map(
    ({ quantity, strategyId }) =>
      `      ${strategyId}: { orderParams: { sizing: { fixedQuantity: ${quantity / 1000} } } }`,
  );
  return `clients:
  bench:
    exchanges:
      sim: { accountBalance: 100000000, feeMakerBps: ${FEE_MAKER_BPS}, feeTakerBps: ${FEE_TAKER_BPS} }
    riskParams: { takeProfitPct: ${legPercent}, stopLossPct: ${legPercent} }
    orderParams: { sizing: { fixedQuantity: 0.1 } }
    strategies:
${strategies.join('\n')}
execution: { slippageBps: ${SLIPPAGE_BPS} }
`;
}

/** The turns of all strategies as rows in order of time, as a file has them. */
export function signalRows(bars, turns) {
  const all = turns.flatMap(({ rows, signals, strategyId }) =>
    Array.from(rows, (bar, turn) => ({ bar, strategyId, signal: signals[turn] })),
  );
  all.sort((a, b) => a.bar - b.bar);
  return all.map(({ bar, signal, strategyId }, at) => ({
    time: bars.openTime[bar],
    strategyId,
    symbol: instrument.symbol,
    signal,
    row: at + 1,
  }));
}

/** A small seeded generator of numbers in [0, 1). */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}
