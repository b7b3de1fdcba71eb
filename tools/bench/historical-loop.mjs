/**
 * The historical loop: ten strategies with positions of their own in one account, take-profit and stop-loss pairs,
 * fees, exact cash, extremes of every trade, equity at every bar, and the sum of the shares checked at every fill.
 * Timed: from decoded columns (bars in ticks, signals as rows) to trades in memory. Not timed: reading, indicators,
 * ids, files.
 *
 * - floor: a bare kernel in the same process, which has to make the same trades and the same cash
 * - peer: grademark in a process of its own, one strategy
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { runKernel } from './historical/kernel.mjs';
import {
  LEG_PERCENT,
  makeScene,
  pulsingStrategy,
  seededBars,
  turningStrategies,
} from './historical/scene.mjs';
import { simulate } from './historical/simulate.mjs';
import { measureTwoWorkers } from './historical/two-workers.mjs';
import { bestOf, isMain } from './measure.mjs';
import { printRows } from './table.mjs';

const STRATEGIES = 10;
/** Strategy-bars for each closed trade. */
const DENSITIES = [500, 100, 5000];
const BARS = 1_000_000;
const FULL = { warmUps: 3, rounds: 5 };
const QUICK = { warmUps: 2, rounds: 2 };
const PEER_BARS = 200_000;
const RATE = 'strategy-bars/s';

/** @returns {Promise<import('./measure.mjs').Row[]>} */
export async function run({ quick = false } = {}) {
  const how = quick ? QUICK : FULL;
  const bars = seededBars(BARS);
  const measured = DENSITIES.map((every) => measureDensity(bars, every, how));
  const decider = measureDecider(bars, 500, how);
  const alone = measureAlone(how);
  const peer = await measurePeer(how);
  const workers = await measureTwoWorkers({ bars, every: 500, strategies: STRATEGIES, ...how });
  const [usual] = measured;
  return [
    ...measured.map(densityRow),
    ...costRows(measured),
    {
      name: 'historical loop: 1 per 500, the decider in place of the quick desk',
      ours: decider,
      unit: RATE,
      reference: { name: 'bare kernel', value: usual.floor },
      target: null,
    },
    peerRow('level signals', usual.ours, peer.level, 30),
    peerRow('pulses', usual.ours, peer.pulses, 12),
    {
      name: "historical loop: one strategy alone on grademark's bars and pulses",
      ours: alone.ours,
      unit: 'bars/s',
      reference: { name: 'grademark, pulses', value: peer.pulses.barsPerSecond },
      target: null,
      note: `closed trades: ours ${alone.trades}, grademark ${peer.pulses.trades}`,
    },
    {
      name: 'historical loop: two clients on two worker threads',
      ours: workers.atOnceMs,
      unit: 'ms',
      reference: { name: 'on one', value: workers.inTurnMs },
      ratio: workers.inTurnMs / workers.atOnceMs,
      target: '>= 1.7x faster',
      met: workers.inTurnMs / workers.atOnceMs >= 1.7,
    },
  ];
}

/** One density: ours and the kernel in turns; both have to make the same trades. */
function measureDensity(bars, every, how) {
  const scene = makeScene(bars, turnsOf(bars, every), LEG_PERCENT[every]);
  const { trades } = compareOnce(scene);
  const strategyBars = bars.length * STRATEGIES;
  const spacing = strategyBars / trades;
  if (Math.abs(spacing / every - 1) > 0.1)
    throw new Error(`one trade per ${spacing} strategy-bars, not per ${every}`);
  const [ours, floor] = bestOf({ ...how, lowest: true }, [
    () => ({ seconds: secondsFor(() => simulate(scene)) }),
    () => ({ seconds: secondsFor(() => runKernel(scene)) }),
  ]);
  return {
    every,
    trades,
    strategyBars,
    seconds: ours.seconds,
    floorSeconds: floor.seconds,
    ours: strategyBars / ours.seconds,
    floor: strategyBars / floor.seconds,
  };
}

function measureDecider(bars, every, how) {
  const scene = makeScene(bars, turnsOf(bars, every), LEG_PERCENT[every]);
  const [{ seconds }] = bestOf({ ...how, lowest: true }, [
    () => ({ seconds: secondsFor(() => simulate(scene, 'decider')) }),
  ]);
  return (bars.length * STRATEGIES) / seconds;
}

function measureAlone(how) {
  const bars = seededBars(PEER_BARS);
  const scene = makeScene(bars, [pulsingStrategy({ every: 500, length: bars.length })], LEG_PERCENT[500]);
  const { trades } = compareOnce(scene);
  const [{ seconds }] = bestOf({ ...how, lowest: true }, [
    () => ({ seconds: secondsFor(() => simulate(scene)) }),
  ]);
  return { trades, ours: bars.length / seconds };
}

async function measurePeer({ rounds, warmUps }) {
  const script = fileURLToPath(new URL('./historical/grademark-peer.mjs', import.meta.url));
  const args = [script, PEER_BARS, 500, warmUps, rounds].map(String);
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout);
}

/** A loop that did less than the floor, or something else, would look fast. */
function compareOnce(scene) {
  const { invariants, trades: log } = simulate(scene);
  const trades = log.records();
  const netPnl = trades.reduce((sum, trade) => sum + trade.netPnl, 0n);
  const kernel = runKernel(scene);
  if (trades.length !== kernel.trades || netPnl !== kernel.netPnl) {
    throw new Error(
      `${trades.length} trades with ${netPnl}, and the kernel has ${kernel.trades} with ${kernel.netPnl}`,
    );
  }
  if (invariants.violated > 0 || invariants.checked < 2 * trades.length) {
    throw new Error(`shares: ${invariants.checked} checks, ${invariants.violated} violated`);
  }
  return kernel;
}

function turnsOf(bars, every) {
  return turningStrategies({ every, length: bars.length, strategies: STRATEGIES });
}

function secondsFor(act) {
  const start = performance.now();
  act();
  return (performance.now() - start) / 1000;
}

function densityRow({ every, floor, ours, trades }) {
  const target = { 500: 100e6, 100: 40e6 }[every];
  return {
    name: `historical loop: 1 closed trade per ${every.toLocaleString('en-US')} strategy-bars`,
    ours,
    unit: RATE,
    reference: { name: 'bare kernel', value: floor },
    target: target ? `>= ${target / 1e6}M/s` : null,
    ...(target && { met: ours >= target }),
    note: `${trades.toLocaleString('en-US')} closed trades`,
  };
}

/** What a closed trade and a quiet bar cost, fitted to the three densities. */
function costRows(measured) {
  const ours = fitCosts(measured, ({ seconds }) => seconds);
  const floor = fitCosts(measured, ({ floorSeconds }) => floorSeconds);
  const row = (what, ns, reference) => ({
    name: `historical loop: ${what}`,
    ours: ns,
    unit: 'ns',
    reference: { name: 'bare kernel', value: reference },
    target: null,
  });
  return [
    row('a closed trade', ours.trade, floor.trade),
    row('a quiet bar of one strategy', ours.bar, floor.bar),
  ];
}

/** Least squares of the relative error of `trades x trade + bars x bar = time`. */
function fitCosts(measured, secondsOf) {
  let [tt, tb, bb, t, b] = [0, 0, 0, 0, 0];
  for (const each of measured) {
    const ns = secondsOf(each) * 1e9;
    const trades = each.trades / ns;
    const quiet = (each.strategyBars - each.trades) / ns;
    tt += trades * trades;
    tb += trades * quiet;
    bb += quiet * quiet;
    t += trades;
    b += quiet;
  }
  const determinant = tt * bb - tb * tb;
  return { trade: (t * bb - b * tb) / determinant, bar: (b * tt - t * tb) / determinant };
}

function peerRow(signals, ours, { barsPerSecond, trades }, times) {
  return {
    name: `historical loop: 1 per 500, against grademark with ${signals}`,
    ours,
    unit: RATE,
    reference: { name: 'grademark', value: barsPerSecond },
    target: `>= ${times}x`,
    met: ours / barsPerSecond >= times,
    note: `bars per second and strategy, ours with ten strategies in one account, grademark with its one, which closed ${trades} trades in ${PEER_BARS.toLocaleString('en-US')} bars`,
  };
}

if (isMain(import.meta.url)) printRows(await run({ quick: process.argv.includes('--quick') }));
