import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { clientOrderId } from '@bowline/contracts';
import { randomHistoricalResult } from '@bowline/testkit';
import { OrderIds } from './order-ids.js';

describe('order ids', () => {
  const { channels } = randomHistoricalResult({ clients: ['a', 'b'], trades: 0, bars: 600 });
  const tags = new Map([
    ['trend', 'trend0'],
    ['mean', 'mean00'],
  ]);

  it('are those of the contract, whatever was asked before', () => {
    const ids = new OrderIds(channels, tags);
    const order = fc.record({
      channel: fc.nat({ max: channels.length - 1 }),
      strategyId: fc.constantFrom('trend', 'mean'),
      strategyPositionId: fc.constantFrom('x.1', 'x.2', '__proto__'),
      leg: fc.constantFrom('e' as const, 't' as const, 's' as const, 'x' as const),
      generation: fc.constantFrom(0, 1, 1295, 1296, 3000),
    });
    fc.assert(
      fc.property(order, ({ channel, strategyId, ...key }) => {
        const { clientId, exchange, symbol } = channels[channel];
        const strategyTag = tags.get(strategyId) ?? '';
        const expected = clientOrderId({
          ...key,
          strategyTag,
          child: 0,
          client: clientId,
          account: exchange,
          symbol,
        });
        expect(ids.id(channel, strategyId, key)).toBe(expected);
      }),
    );
  });
});
