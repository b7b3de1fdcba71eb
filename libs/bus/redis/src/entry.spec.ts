import type { BusMessage } from '@bowline/ports';
import { busMessage } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeEntry } from './entry.js';
import { fieldsOf, pairsOf } from './redis-suite.spec-support.js';

const text = fc.string({ unit: 'binary' });
const someText = fc.string({ unit: 'binary', minLength: 1 });
const messages: fc.Arbitrary<BusMessage> = fc
  .record({
    topic: text,
    key: text,
    id: text,
    source: text,
    epoch: fc.nat(),
    time: fc.date({ noInvalidDate: true }).map((date) => date.getTime()),
    cause: fc.option(someText),
    data: text,
    traceparent: fc.option(someText, { nil: undefined }),
    signature: fc.option(someText, { nil: undefined }),
  })
  .map(({ signature, traceparent, ...message }) => ({
    ...message,
    ...(traceparent === undefined ? {} : { traceparent }),
    ...(signature === undefined ? {} : { signature }),
  }));

describe('an entry', () => {
  it('has the attributes of CloudEvents and the trace context as its fields', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const message = busMessage('oco-manager/x#1.0', {
      topic: 'orders.ikenna',
      cause: 'm0',
      traceparent,
      signature: 'v1,AA==',
    });
    expect(Object.fromEntries(pairsOf(message))).toEqual({
      specversion: '1.0',
      id: 'oco-manager/x#1.0',
      source: 'spec/1',
      type: 'bowline.orders',
      subject: 'k',
      time: '2023-11-14T22:13:20.000Z',
      epoch: '1',
      data: '{"id":"oco-manager/x#1.0"}',
      cause: 'm0',
      traceparent,
      signature: 'v1,AA==',
    });
    expect(fieldsOf(busMessage('m1'))).not.toContain('cause');
  });

  it('is the message again when it is read', () => {
    fc.assert(
      fc.property(messages, (message) => {
        expect(decodeEntry(message.topic, fieldsOf(message))).toEqual(message);
      }),
    );
  });

  it('is read in any order of its fields, and with fields of others', () => {
    const message = busMessage('m1', { cause: 'm0' });
    const fields = pairsOf(message).reverse().flat();
    expect(decodeEntry('orders', [...fields, 'datacontenttype', 'x'])).toEqual(message);
  });

  it.each([
    ['another version of the envelope', ['specversion', '2.0']],
    ['a time that is none', ['time', 'yesterday']],
    ['no time', ['time', '']],
    ['an empty epoch', ['epoch', '']],
    ['an epoch that is no number', ['epoch', 'two']],
    ['an epoch that is no whole number', ['epoch', '1.5']],
  ])('is no message with %s', (_, changed) => {
    expect(decodeEntry('orders', [...fieldsOf(busMessage('m1')), ...changed])).toBeNull();
  });

  it.each(['specversion', 'id', 'source', 'subject', 'time', 'epoch', 'data'])(
    'is no message without %s',
    (name) => {
      const fields = fieldsOf(busMessage('m1'));
      const at = fields.indexOf(name);
      expect(decodeEntry('orders', [...fields.slice(0, at), ...fields.slice(at + 2)])).toBeNull();
    },
  );
});
