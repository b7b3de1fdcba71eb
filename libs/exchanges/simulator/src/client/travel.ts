import { draw } from '../bar/index.js';
import type { MockSettings } from './options.js';

const SQRT_3 = Math.sqrt(3);

/**
 * How long a message travels, in whole milliseconds. Where it is drawn, the message alone decides: neither the order in
 * which messages set out nor what else travels changes it.
 */
export function travelTime({ seed, latencyMs, latencySpreadMs }: MockSettings, message: string): number {
  if (latencySpreadMs === 0) return latencyMs;
  let sum = -2;
  for (let at = 0; at < 4; at += 1) sum += draw(seed, message, at);
  // Four draws from [0, 1) have variance 4 / 12: nearly normal, and plain arithmetic.
  return Math.max(0, Math.round(latencyMs + latencySpreadMs * SQRT_3 * sum));
}
