import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isSignedBy, webhookKey, webhookSignature } from './webhook.js';

/** The example of the reference implementations. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const EXAMPLE = {
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: '1614265330',
  body: '{"test": 2432232314}',
};

function keyOf(secret: string): Buffer {
  const key = webhookKey(secret);
  if (key === null) throw new Error('no secret');
  return key;
}

describe('a signature', () => {
  it('is that of Standard Webhooks', () => {
    expect(webhookSignature(keyOf(SECRET), EXAMPLE)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('is its own key’s, over its own content, and nobody else’s', () => {
    const key = fc.uint8Array({ minLength: 24, maxLength: 64 });
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    const content = fc.record({ id: text, timestamp: fc.nat().map(String), body: text });
    fc.assert(
      fc.property(key, key, content, content, (mine, other, signed, sent) => {
        const signature = webhookSignature(mine, signed);
        expect(isSignedBy(mine, signed, signature)).toBe(true);
        const isSame =
          signed.id === sent.id && signed.timestamp === sent.timestamp && signed.body === sent.body;
        expect(isSignedBy(mine, sent, signature)).toBe(isSame);
        expect(isSignedBy(other, signed, signature)).toBe(Buffer.from(other).equals(Buffer.from(mine)));
      }),
    );
  });

  it.each<[string, (right: string) => string, boolean]>([
    ['alone', (right) => right, true],
    ['behind another', (right) => `v1,${Buffer.alloc(32).toString('base64')} ${right}`, true],
    ['behind one of another version', (right) => `v1a,xyz ${right}`, true],
    ['behind nonsense', (right) => `x v1, ,, ${right}`, true],
    ['behind too many', (right) => `${'v1,AAAA '.repeat(16)}${right}`, false],
    ['under another version', (right) => right.replace('v1,', 'v2,'), false],
    ['without its version', (right) => right.replace('v1,', ''), false],
    ['cut off', (right) => right.slice(0, -8), false],
    ['of nothing', () => '', false],
  ])('is looked for in its header: %s', (_how, headerOf, expected) => {
    const key = keyOf(SECRET);
    expect(isSignedBy(key, EXAMPLE, headerOf(webhookSignature(key, EXAMPLE)))).toBe(expected);
  });
});

describe('a secret', () => {
  const bytes = (count: number): string => Buffer.alloc(count, 7).toString('base64');

  it.each<[string, string, number | null]>([
    ['of 24 bytes', `whsec_${bytes(24)}`, 24],
    ['of 64 bytes', `whsec_${bytes(64)}`, 64],
    ['of 23 bytes', `whsec_${bytes(23)}`, null],
    ['of 65 bytes', `whsec_${bytes(65)}`, null],
    ['without its mark', bytes(32), null],
    ['that is no base64', `whsec_${'!'.repeat(40)}`, null],
    ['in base64 for addresses', `whsec_${'-_'.repeat(20)}`, null],
    ['of nothing', '', null],
  ])('%s is taken or not', (_which, secret, length) => {
    expect(webhookKey(secret)?.length ?? null).toBe(length);
  });
});
