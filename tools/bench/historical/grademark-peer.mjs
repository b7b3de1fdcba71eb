/**
 * The peer of the historical loop, in a process of its own: grademark runs one strategy with a stop, a target and an
 * exit rule over seeded bars. Prints its figures as JSON.
 *
 * - pulses: the strategy is told to enter in one bar and to leave in another; in between it enters nothing
 * - level: the strategy wants to be in from the one bar to the other, and enters again after a stop or a target
 *
 * usage: node tools/bench/historical/grademark-peer.mjs BARS EVERY WARM_UPS ROUNDS
 */
import { createRequire } from 'node:module';
import { LEG_PERCENT, instrument, pulsingStrategy, seededBars } from './scene.mjs';

const require = createRequire(import.meta.url);
const { backtest } = require('grademark');
const { DataFrame } = require('data-forge');

const [length, every, warmUps, rounds] = process.argv.slice(2).map(Number);
const legFraction = LEG_PERCENT[every] / 100;

const strategy = {
  entryRule: (enterPosition, { bar }) => {
    if (bar.signal > 0) enterPosition({ direction: 'long' });
  },
  exitRule: (exitPosition, { bar }) => {
    if (bar.exits) exitPosition();
  },
  stopLoss: ({ entryPrice }) => entryPrice * legFraction,
  profitTarget: ({ entryPrice }) => entryPrice * legFraction,
};

const bars = seededBars(length);
const { rows: turns } = pulsingStrategy({ length, every });
console.log(JSON.stringify({ level: measure(framesOf(true)), pulses: measure(framesOf(false)) }));

function measure(frame) {
  let best = Infinity;
  let trades = 0;
  for (let round = 0; round < warmUps + rounds; round += 1) {
    const start = performance.now();
    trades = backtest(strategy, frame).length;
    if (round >= warmUps) best = Math.min(best, performance.now() - start);
  }
  return { barsPerSecond: (length * 1000) / best, trades };
}

/** Rules see a bar when it is over and act at the next open, so a signal lies on the bar before the one it acts on. */
function framesOf(level) {
  const tick = Number(instrument.tickSize);
  const rows = Array.from({ length }, (_, row) => ({
    time: new Date(bars.openTime[row]),
    open: bars.open[row] * tick,
    high: bars.high[row] * tick,
    low: bars.low[row] * tick,
    close: bars.close[row] * tick,
    signal: 0,
    exits: level,
  }));
  for (let turn = 0; turn < turns.length; turn += 2) {
    const enters = turns[turn] - 1;
    const leaves = turns[turn + 1] - 1;
    for (let row = enters; row < (level ? leaves : enters + 1); row += 1) {
      rows[row].signal = 1;
      rows[row].exits = false;
    }
    rows[leaves].exits = true;
  }
  return new DataFrame(rows).bake();
}
