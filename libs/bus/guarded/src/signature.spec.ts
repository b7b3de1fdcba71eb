import type { BusMessage } from '@bowline/ports';
import { busMessage } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { keyOf } from './guarded.spec-support.js';
import { commandKey, sign, signatureFault, signedText } from './signature.js';

const KEY = keyOf('of ikenna');
const MESSAGE = busMessage('oco-manager/x#7.0', { topic: 'orders.ikenna.okx', cause: 'm6' });

const signed = (message: BusMessage): BusMessage => ({ ...message, signature: sign(message, KEY) });

const text = fc.string({ unit: 'binary' });
const messages: fc.Arbitrary<BusMessage> = fc.record({
  topic: text,
  key: text,
  id: text,
  source: text,
  epoch: fc.nat(),
  time: fc.nat(),
  cause: fc.option(text),
  data: text,
});

describe('a signature', () => {
  it('is the same of the same message, whoever makes it', () => {
    expect(sign(MESSAGE, keyOf('of ikenna'))).toBe(sign(MESSAGE, KEY));
    expect(sign(MESSAGE, KEY)).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
  });

  it('is right for the message that was signed, whatever it says', () => {
    fc.assert(fc.property(messages, (message) => expect(signatureFault(signed(message), [KEY])).toBeNull()));
  });

  it.each<[string, Partial<BusMessage>]>([
    ['topic', { topic: 'orders.odum.okx' }],
    ['key', { key: 'l' }],
    ['id', { id: 'oco-manager/x#7.1' }],
    ['source', { source: 'spec/2' }],
    ['epoch', { epoch: 2 }],
    ['time', { time: 1_700_000_000_001 }],
    ['cause', { cause: 'm7' }],
    ['cause, taken away,', { cause: null }],
    ['cause, which was one by name of none,', { cause: 'null' }],
    ['data', { data: '{"id":"oco-manager/x#7.0" }' }],
    ['data, taken away,', { data: '' }],
    ['signature', { signature: sign({ ...MESSAGE, id: 'x' }, KEY) }],
    ['signature, cut short,', { signature: sign(MESSAGE, KEY).slice(0, -1) }],
    ['signature, taken to be empty,', { signature: '' }],
    ['signature, of another version,', { signature: sign(MESSAGE, KEY).replace('v1', 'v2') }],
  ])('is wrong once the %s is another', (_, change) => {
    expect(signatureFault({ ...signed(MESSAGE), ...change }, [KEY])).toBe('wrong signature');
  });

  it('is wrong once a character has gone from one field to the next', () => {
    const fields = ['topic', 'key', 'id', 'source', 'cause', 'data'] as const;
    for (const from of fields) {
      for (const to of fields.filter((field) => field !== from)) {
        const moved = { ...MESSAGE, [from]: `${MESSAGE[from]}`.slice(0, -1) };
        const other = { ...moved, [to]: `${MESSAGE[from]}`.slice(-1) + MESSAGE[to] };
        expect(signatureFault({ ...other, signature: sign(MESSAGE, KEY) }, [KEY])).toBe('wrong signature');
      }
    }
  });

  it('is of a text that no two messages share', () => {
    const tricky = fc.stringMatching(/^[",\\\n[\]n1]{0,6}$/);
    const few = fc.record({
      ...{ topic: tricky, key: tricky, id: tricky, source: tricky, data: tricky },
      cause: fc.option(tricky),
      epoch: fc.nat(2),
      time: fc.nat(2),
    });
    fc.assert(
      fc.property(few, few, (a, b) => {
        fc.pre(JSON.stringify(a) !== JSON.stringify(b));
        expect(signedText(a)).not.toBe(signedText(b));
      }),
    );
  });

  it('is wrong of another key, and right of any that is given', () => {
    const other = keyOf('of odum');
    expect(signatureFault(signed(MESSAGE), [other])).toBe('wrong signature');
    expect(signatureFault(signed(MESSAGE), [])).toBe('wrong signature');
    expect(signatureFault(signed(MESSAGE), [other, KEY])).toBeNull();
    expect(signatureFault(signed(MESSAGE), [KEY, other])).toBeNull();
  });

  it('may be missed', () => {
    expect(signatureFault(MESSAGE, [KEY])).toBe('unsigned');
  });

  it('says nothing of the trace, which others on the way may change', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect(signatureFault({ ...signed(MESSAGE), traceparent }, [KEY])).toBeNull();
  });
});

describe('a key', () => {
  it('has 32 bytes at least', () => {
    expect(() => commandKey(Buffer.alloc(31))).toThrow(
      new RangeError('a key has at least 32 bytes, this one has 31'),
    );
    expect(sign(MESSAGE, commandKey(Buffer.alloc(32)))).toMatch(/^v1,/);
  });
});
