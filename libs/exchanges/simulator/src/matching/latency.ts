import type { TimeMs } from '@bowline/domain';

/** How long a message travels, in milliseconds, asked once for each message in the order in which they set out. */
export interface Latency {
  request(account: string, at: TimeMs): number;
  report(account: string, at: TimeMs): number;
}

/** A number in [0, 1), the next of a seeded sequence. */
export type Draw = () => number;

/** Always the same. */
export function fixedLatency(requestMs: number, reportMs = requestMs): Latency {
  return { request: () => requestMs, report: () => reportMs };
}

/** Evenly spread over [`fromMs`, `toMs`], in whole milliseconds. */
export function spreadLatency(fromMs: number, toMs: number, draw: Draw): Latency {
  if (!(fromMs >= 0 && toMs >= fromMs))
    throw new RangeError(`no latency lies between ${fromMs} and ${toMs} ms`);
  const next = (): number => fromMs + Math.floor(draw() * (toMs - fromMs + 1));
  return { request: next, report: next };
}
