import { describe, expect, it } from '@jest/globals';
import { cloudEventAttributes, readCloudEvent } from './cloud-event.js';

const fields = {
  key: 'ikenna.binance-usdm.BTCUSDT',
  id: 'oco-manager/ikenna.binance-usdm.BTCUSDT#7.0',
  source: 'oco-manager/ikenna.binance-usdm.BTCUSDT',
  epoch: 3,
  time: Date.UTC(2025, 0, 6, 12),
  cause: 'order-generator/ikenna#1.0',
  data: '{"type":"place"}',
};

describe('a message as a CloudEvent', () => {
  it('has what it is about as its type, and its key as the subject', () => {
    const attributes = cloudEventAttributes('orders.ikenna.binance-usdm', fields);
    expect(attributes).toEqual({
      specversion: '1.0',
      id: fields.id,
      source: fields.source,
      type: 'bowline.orders',
      subject: fields.key,
      time: '2025-01-06T12:00:00.000Z',
      epoch: '3',
      cause: fields.cause,
    });
    expect(cloudEventAttributes('orders', fields).type).toBe('bowline.orders');
  });

  it.each([
    [
      'all that it may have',
      { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', signature: 'v1,AA==' },
    ],
    ['no cause', { cause: null }],
    ['nothing in it', { key: '', source: '', data: '', epoch: 0 }],
  ])('is the same again when it is read: with %s', (_, more) => {
    const message = { ...fields, ...more };
    const attributes = { ...cloudEventAttributes('orders', message), datacontenttype: 'of others' };
    expect(readCloudEvent(attributes, message.data)).toEqual(message);
  });

  it.each([
    ['another version of the envelope', { specversion: '2.0' }],
    ['a time that is none', { time: 'yesterday' }],
    ['no time', { time: '' }],
    ['an empty epoch', { epoch: '' }],
    ['an epoch that is no whole number', { epoch: '1.5' }],
    ['no id', { id: undefined }],
    ['no source', { source: undefined }],
    ['no key', { subject: undefined }],
  ])('is no message with %s', (_, changed) => {
    const { id, source, subject, specversion, time, epoch } = {
      ...cloudEventAttributes('orders', fields),
      ...changed,
    } as Record<string, string | undefined>;
    const attributes = { id, source, subject, specversion, time, epoch };
    expect(readCloudEvent(attributes as Record<string, string>, '{}')).toBeNull();
  });
});
