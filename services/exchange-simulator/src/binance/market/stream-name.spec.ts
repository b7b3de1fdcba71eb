import { describe, expect, it } from '@jest/globals';
import { streamTopic } from './stream-name.js';
import { USDM_WORDS } from './usdm-words.js';

const topicOf = (name: string) => streamTopic(name, ['BTCUSDT', 'ETHUSDT'], USDM_WORDS);
const btc = { symbol: 'BTCUSDT' };

describe('the name of a stream', () => {
  it.each([
    ['btcusdt@trade', { ...btc, kind: 'trade' }],
    ['ethusdt@aggTrade', { symbol: 'ETHUSDT', kind: 'aggTrade' }],
    ['btcusdt@depth', { ...btc, kind: 'depth', levels: null, everyMs: 250 }],
    ['btcusdt@depth@0ms', { ...btc, kind: 'depth', levels: null, everyMs: 0 }],
    ['btcusdt@depth20@100ms', { ...btc, kind: 'depth', levels: 20, everyMs: 100 }],
    ['btcusdt@kline_1M', { ...btc, kind: 'kline', interval: '1M' }],
    ['btcusdt@markPrice', { ...btc, kind: 'markPrice', everyMs: 3_000 }],
    ['btcusdt@markPrice@1s', { ...btc, kind: 'markPrice', everyMs: 1_000 }],
    ['!markPrice@arr@1s', { symbol: null, kind: 'markPrice', everyMs: 1_000 }],
    ['!bookTicker', { symbol: null, kind: 'bookTicker' }],
    ['!miniTicker@arr', { symbol: null, kind: 'miniTicker' }],
    ['!forceOrder@arr', { symbol: null, kind: 'forceOrder' }],
  ])('%s says what it tells', (name, topic) => {
    expect(topicOf(name)).toEqual(topic);
  });

  it.each([
    ...[
      '',
      'btcusdt',
      'BTCUSDT@trade',
      'xrpusdt@trade',
      'btcusdt@trade@1s',
      'btcusdt@depth7',
      'btcusdt@depth@50ms',
    ],
    ...[
      'btcusdt@depth@100ms@x',
      'btcusdt@kline_7m',
      'btcusdt@kline_1m@x',
      'btcusdt@markPrice@2s',
      '!trade@arr',
    ],
    ...['!bookTicker@arr', '!ticker', '!markPrice@arr@5s', 'btcusdt@toString', '!ticker@arr@x'],
  ])('%j is none', (name) => {
    expect(topicOf(name)).toBeNull();
  });
});
