import type { TradeOutcome } from '@bowline/store-duckdb';
import { Tally } from './tally.js';

/** Tallies of all trades by whom they belong to. */
export class Tallies {
  readonly overall = new Tally();
  readonly byClient = new Map<string, Tally>();
  readonly byStrategy = new Map<string, Tally>();
  /** By client, then by strategy. */
  readonly byBoth = new Map<string, Map<string, Tally>>();

  add(trade: TradeOutcome): void {
    const { clientId, strategyId } = trade;
    let own = this.byBoth.get(clientId);
    if (own === undefined) this.byBoth.set(clientId, (own = new Map<string, Tally>()));
    for (const tally of [
      this.overall,
      entry(this.byClient, clientId),
      entry(this.byStrategy, strategyId),
      entry(own, strategyId),
    ]) {
      tally.add(trade);
    }
  }
}

function entry(tallies: Map<string, Tally>, name: string): Tally {
  let tally = tallies.get(name);
  if (tally === undefined) tallies.set(name, (tally = new Tally()));
  return tally;
}
