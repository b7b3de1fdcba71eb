import { isInterval, type Interval } from '../../public-market/klines.js';
import type { MarketWords } from './market-words.js';

/** What a stream tells. `symbol` null: of every market. */
export type StreamTopic = { readonly symbol: string | null } & (
  | { readonly kind: 'trade' | 'aggTrade' | 'bookTicker' | 'miniTicker' | 'ticker' | 'forceOrder' }
  | { readonly kind: 'depth'; readonly levels: number | null; readonly everyMs: number }
  | { readonly kind: 'kline'; readonly interval: Interval }
  | { readonly kind: 'markPrice'; readonly everyMs: number }
);

const PLAIN = ['trade', 'aggTrade', 'bookTicker', 'miniTicker', 'ticker', 'forceOrder'] as const;
const LEVELS = ['5', '10', '20'];
const MARK_EVERY_MS = 3_000;

/** Takes `btcusdt@depth20@100ms` or `!markPrice@arr@1s` apart; null where there is no such stream. */
export function streamTopic(
  name: string,
  symbols: readonly string[],
  words: MarketWords,
): StreamTopic | null {
  if (name.startsWith('!')) return topicOfAll(name.slice(1));
  const [lower = '', what = '', ...rest] = name.split('@');
  // Names are of lower case, and of no other.
  const symbol = symbols.find((each) => each.toLowerCase() === lower);
  if (symbol === undefined) return null;
  const plain = PLAIN.find((kind) => kind === what);
  if (plain !== undefined) return rest.length === 0 ? { symbol, kind: plain } : null;
  if (what.startsWith('kline_')) {
    const interval = what.slice('kline_'.length);
    return rest.length === 0 && isInterval(interval) ? { symbol, kind: 'kline', interval } : null;
  }
  if (what === 'markPrice') {
    const everyMs = markSpeed(rest);
    return everyMs === null ? null : { symbol, kind: 'markPrice', everyMs };
  }
  if (what.startsWith('depth')) return depthTopic(symbol, what.slice('depth'.length), rest, words);
  return null;
}

function topicOfAll(name: string): StreamTopic | null {
  const [what = '', arr, ...rest] = name.split('@');
  if (what === 'bookTicker') return arr === undefined ? { symbol: null, kind: 'bookTicker' } : null;
  if (arr !== 'arr') return null;
  if (what === 'markPrice') {
    const everyMs = markSpeed(rest);
    return everyMs === null ? null : { symbol: null, kind: 'markPrice', everyMs };
  }
  const kind = (['miniTicker', 'ticker', 'forceOrder'] as const).find((each) => each === what);
  return kind === undefined || rest.length > 0 ? null : { symbol: null, kind };
}

function markSpeed(rest: readonly string[]): number | null {
  if (rest.length === 0) return MARK_EVERY_MS;
  return rest.length === 1 && rest[0] === '1s' ? 1_000 : null;
}

function depthTopic(
  symbol: string,
  levels: string,
  rest: readonly string[],
  { depthSpeedMs, depthSpeedsMs }: MarketWords,
): StreamTopic | null {
  if ((levels !== '' && !LEVELS.includes(levels)) || rest.length > 1) return null;
  const everyMs = rest[0] === undefined ? depthSpeedMs : speedOf(rest[0]);
  if (everyMs === null || (!depthSpeedsMs.includes(everyMs) && everyMs !== depthSpeedMs)) return null;
  return { symbol, kind: 'depth', levels: levels === '' ? null : Number(levels), everyMs };
}

function speedOf(text: string): number | null {
  const found = /^(\d{1,4})ms$/.exec(text);
  return found === null ? null : Number(found[1]);
}
