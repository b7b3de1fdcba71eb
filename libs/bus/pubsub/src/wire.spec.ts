import { busMessage } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import { decodeMessage, encodeMessage, heartbeat } from './wire.js';

describe('a message as Pub/Sub has it', () => {
  it('has the attributes of CloudEvents and the trace context beside its body, and its key as the ordering key', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const message = busMessage('oco-manager/x#1.0', {
      topic: 'orders.ikenna',
      cause: 'm0',
      traceparent,
      data: '{"ä":1}',
    });
    expect(encodeMessage(message)).toEqual({
      orderingKey: 'k',
      attributes: {
        specversion: '1.0',
        id: 'oco-manager/x#1.0',
        source: 'spec/1',
        type: 'bowline.orders',
        subject: 'k',
        time: '2023-11-14T22:13:20.000Z',
        epoch: '1',
        cause: 'm0',
        traceparent,
      },
      data: Buffer.from('{"ä":1}'),
    });
  });

  it.each([
    ['all that it may have', busMessage('m1', { cause: 'm0', traceparent: '00-x' })],
    ['as little as it may have', busMessage('m1', { key: '', source: '', data: '' })],
  ])('is the message again when it is read: with %s', (_, message) => {
    expect(decodeMessage('orders', encodeMessage(message))).toEqual(message);
  });

  it('is none where it is a heartbeat', () => {
    expect(decodeMessage('orders', heartbeat())).toBeNull();
  });
});
