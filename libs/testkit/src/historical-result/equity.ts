import { cash, cashToNumber, cashValue, signOf, tickLots, type Cash } from '@bowline/domain';
import type { EquityCurve, ResultChannel, TickBars } from '@bowline/ports';
import type { Traded } from './trades.js';

/** Capital of each client, USDT. */
const STARTING_EQUITY: Cash = cash('250000');
const DAY_MS = 86_400_000;

/** The bars at whose close equity is noted: the last of each UTC day, or all. */
export function sampleBars(bars: TickBars, equity: 'daily' | 'bar'): number[] {
  const day = (bar: number): number => Math.floor(bars.openTime[bar] / DAY_MS);
  const all = Array.from({ length: bars.length }, (_value, bar) => bar);
  return equity === 'bar' ? all : all.filter((bar) => bar === bars.length - 1 || day(bar) !== day(bar + 1));
}

/** A curve for each client and for each of its strategies, from what every trade was worth at every sample. */
export function equityCurves(
  traded: readonly Traded[],
  channels: readonly ResultChannel[],
  strategies: readonly string[],
  samples: readonly number[],
): EquityCurve[] {
  const times = Float64Array.from(
    samples,
    (bar) => channels[0].bars.openTime[bar] + channels[0].bars.intervalMs,
  );
  const clients = [...new Set(channels.map((channel) => channel.clientId))].sort();
  return clients.flatMap((clientId) => {
    const own = traded.filter((each) => each.clientId === clientId);
    const parts = [...strategies].sort().map((strategyId) => {
      const worth = worthAt(
        own.filter((each) => each.strategyId === strategyId),
        samples,
      );
      return curve(clientId, strategyId, 0n, times, worth);
    });
    const whole = samples.map((_bar, i) =>
      parts.reduce((sum, part) => sum + part.equity[i], STARTING_EQUITY),
    );
    return [curve(clientId, null, STARTING_EQUITY, times, whole), ...parts];
  });
}

function worthAt(traded: readonly Traded[], samples: readonly number[]): Cash[] {
  const worth = samples.map(() => 0n);
  const realizedFrom = samples.map(() => 0n);
  for (const each of traded) {
    let i = samples.findIndex((bar) => bar >= each.entryBar);
    for (; i >= 0 && i < samples.length && (each.exitBar === null || samples[i] < each.exitBar); i += 1) {
      const value = tickLots(each.bars.close[samples[i]], each.quantity) - each.entryValue;
      worth[i] += cashValue(each.instrument, value * BigInt(signOf(each.side))) - each.entryFee;
    }
    if (i >= 0 && i < samples.length && each.trade !== null) realizedFrom[i] += each.trade.netPnl;
  }
  let realized = 0n;
  return worth.map((open, i) => {
    realized += realizedFrom[i];
    return open + realized;
  });
}

function curve(
  clientId: string,
  strategyId: string | null,
  startingEquity: Cash,
  times: Float64Array,
  equity: readonly Cash[],
): EquityCurve {
  let peak = startingEquity;
  let maxDrawdown = 0n;
  let deepest = 0;
  for (const value of equity) {
    if (value > peak) peak = value;
    if (peak - value > maxDrawdown) maxDrawdown = peak - value;
    if (peak > 0n) deepest = Math.max(deepest, cashToNumber(peak - value) / cashToNumber(peak));
  }
  return {
    clientId,
    strategyId,
    startingEquity,
    times,
    equity,
    maxDrawdown: cashToNumber(maxDrawdown),
    maxDrawdownPct: startingEquity > 0n ? deepest * 100 : null,
  };
}
