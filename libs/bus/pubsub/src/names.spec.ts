import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { subscriptionName, topicName } from './names.js';

const place = { projectId: 'desk-1' };
const ALLOWED = /^[A-Za-z][\w.~+%-]{2,254}$/;
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 6 });

describe('names in Pub/Sub', () => {
  it('can be read', () => {
    expect(topicName(place, 'signals.ikenna')).toBe('projects/desk-1/topics/bowline.signals.ikenna');
    expect(
      subscriptionName({ ...place, prefix: 'dev-' }, 'orders.a', 'oco-manager/ikenna.binance-usdm.BTCUSDT'),
    ).toBe('projects/desk-1/subscriptions/dev-orders.a+oco-manager%2Fikenna.binance-usdm.BTCUSDT');
  });

  it('are ones that Pub/Sub takes, whatever topics and groups are called', () => {
    fc.assert(
      fc.property(text, text, (topic, group) => {
        expect(topicName(place, topic).split('/').at(-1)).toMatch(ALLOWED);
        expect(subscriptionName(place, topic, group).split('/').at(-1)).toMatch(ALLOWED);
      }),
    );
  });

  it('differ where topics or groups differ', () => {
    const odd = fc.string({ unit: fc.constantFrom('a', '+', '%', '2', 'B', '.'), maxLength: 6 });
    fc.assert(
      fc.property(odd, odd, odd, odd, (topic, group, topic2, group2) => {
        const same = subscriptionName(place, topic, group) === subscriptionName(place, topic2, group2);
        expect(same).toBe(topic === topic2 && group === group2);
      }),
    );
  });

  it.each(['', '1', '.a', 'google.', 'goog', 'a b', 'a/'])('refuse the prefix %j', (prefix) => {
    expect(() => topicName({ ...place, prefix }, 'orders')).toThrow(
      `prefix ${JSON.stringify(prefix)}: Pub/Sub takes`,
    );
  });

  it('are refused where they are too long or too short', () => {
    expect(() => topicName({ ...place, prefix: 'a' }, 'b')).toThrow(
      'ab is 2 characters long, Pub/Sub takes 3 to 255',
    );
    expect(() => topicName(place, 'x'.repeat(248))).toThrow(
      /is 256 characters long, Pub\/Sub takes 3 to 255/,
    );
    expect(topicName(place, 'x'.repeat(247))).toContain('xxx');
  });
});
