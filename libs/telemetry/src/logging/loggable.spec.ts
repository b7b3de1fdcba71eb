import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { loggable } from './loggable.js';

describe('what is logged', () => {
  it.each([
    'apiKey',
    'apiSecret',
    'api_key',
    'secret',
    'authorization',
    'Authorization',
    'X-MBX-APIKEY',
    'binanceApiSecret',
    'passphrase',
    'password',
    'privateKey',
    'signature',
    'accessToken',
    'Cookie',
  ])('has no value of %s', (name) => {
    expect(loggable({ [name]: 'hunter2', client: 'ikenna' })).toEqual({
      [name]: '[secret]',
      client: 'ikenna',
    });
  });

  it('has no secret at any depth, in lists, Maps, and on errors and their causes', () => {
    class RequestFailed extends Error {
      readonly request = { headers: { authorization: 'hunter2' }, path: '/order' };
    }
    const cause = Object.assign(new Error('inner'), { apiSecret: 'hunter2' });
    const logged = loggable({
      accounts: [{ exchange: 'x', keys: new Map([['apiKey', 'hunter2']]) }],
      error: new RequestFailed('refused', { cause }),
      all: new Set([{ secret: { nested: 'hunter2' } }]),
    });
    expect(JSON.stringify(logged)).not.toContain('hunter2');
    expect(logged).toMatchObject({
      accounts: [{ exchange: 'x', keys: { apiKey: '[secret]' } }],
      error: {
        type: 'Error',
        message: 'refused',
        stack: expect.stringContaining('loggable.spec'),
        request: { headers: { authorization: '[secret]' }, path: '/order' },
        cause: { message: 'inner', apiSecret: '[secret]' },
      },
      all: [{ secret: '[secret]' }],
    });
  });

  it('has bigints as text and dates as JSON has them', () => {
    const at = new Date(0);
    expect(loggable({ cash: 12n, at })).toEqual({ cash: '12', at: '1970-01-01T00:00:00.000Z' });
  });

  it('ends where an object holds itself', () => {
    const channel: Record<string, unknown> = { name: 'x' };
    channel['self'] = channel;
    expect(JSON.stringify(loggable({ channel }))).toContain('"self":"[...]"');
  });

  it('leaves plain JSON without secrets as it is', () => {
    const key = fc.constantFrom('client', 'symbol', 'key', 'orderQty', 'id');
    const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
    const fields = fc.dictionary(key, fc.oneof(value, fc.array(value), fc.dictionary(key, value)));
    fc.assert(fc.property(fields, (plain) => expect(loggable(plain)).toEqual({ ...plain })));
  });
});
