/** What is timed: one client from decoded columns to trades in memory, and its equity at every bar. */
import { cashToNumber } from '../../../libs/domain/dist/index.js';
import { bookSignals, equityPerBar, simulateClient } from '../../../libs/engine/dist/index.js';
import { inputOf } from './scene.mjs';

/**
 * @param {import('./scene.mjs').Scene} scene
 * @param {'decider'} [desk] forbids the quick desk
 */
export function simulate(scene, desk) {
  const input = inputOf(scene, desk);
  const outcome = simulateClient(input, bookSignals(input.signals), scene.config.clients[0]);
  const equity = equityPerBar(outcome.holdings, outcome.line, cashToNumber(outcome.startingEquity));
  return { trades: outcome.records.trades, invariants: outcome.invariants, equity };
}
