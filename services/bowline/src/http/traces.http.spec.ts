import { traceIdOf } from '@bowline/contracts';
import { describe, expect, it } from '@jest/globals';
import { post, testDesk } from './test-desk.spec-support.js';

const desk = await testDesk();
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${TRACE}-b7ad6b7169203331-01`;

const traces = (): string[] => [
  ...new Set(desk.published().map(({ message }) => traceIdOf(message.traceparent!))),
];

describe('a request with a trace', () => {
  it.each([
    ['signals', { strategy: 'trend-fast', symbol: 'BTCUSDT', signal: 1 }],
    ['webhooks/tradingview/alerts', { id: 'a-1', strategy: 'trend-fast', symbol: 'BTCUSDT', action: 'buy' }],
  ])('gives it to the signals that come by %s', async (path, body) => {
    desk.reset();
    expect((await post(`${desk.url}/v1/${path}`, body, { traceparent })).status).toBe(202);
    expect(traces()).toEqual([TRACE]);
  });

  it('is not needed: without, a signal and a command have one of their own', async () => {
    desk.reset();
    await post(`${desk.url}/v1/signals`, { strategy: 'trend-fast', symbol: 'BTCUSDT', signal: 1 });
    await post(`${desk.url}/v1/control`, { type: 'close', client: 'odum', by: 'odi', reason: 'a drill' });
    expect(traces()).toHaveLength(2);
    expect(traces()).not.toContain(TRACE);
  });
});
