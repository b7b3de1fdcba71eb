import { describe, expect, it } from '@jest/globals';
import { webhookSignature } from '@bowline/contracts';
import { SignalAccess, type RequestHeaders } from './signal-access.js';

const NOW = Date.UTC(2025, 0, 6, 12);
const NOW_S = NOW / 1000;
const ADDRESS = '203.0.113.7';
const BODY = Buffer.from('{"strategy":"trend"}');
const KEYS = { old: Buffer.alloc(32, 1), new: Buffer.alloc(32, 2), other: Buffer.alloc(32, 3) };

function access(open = false): SignalAccess {
  const secret = (text: string): Buffer => Buffer.from(text);
  return new SignalAccess({
    open,
    now: () => NOW,
    sources: [
      { name: 'research', kind: 'standard', keys: [KEYS.old, KEYS.new], strategies: ['trend'] },
      { name: 'other', kind: 'standard', keys: [KEYS.other], strategies: null },
      {
        name: 'alerts',
        kind: 'tradingview',
        keys: [secret('alerts-secret-1'), secret('alerts-secret-2')],
        strategies: null,
      },
    ],
  });
}

function headers(key: Buffer, changes: Record<string, string | undefined> = {}): RequestHeaders {
  const content = { id: 'msg_1', timestamp: String(NOW_S), body: BODY };
  return {
    'webhook-id': content.id,
    'webhook-timestamp': content.timestamp,
    'webhook-signature': webhookSignature(key, content),
    ...changes,
  };
}

function at(timestamp: number): RequestHeaders {
  const content = { id: 'msg_1', timestamp: String(timestamp), body: BODY };
  return headers(KEYS.new, {
    'webhook-timestamp': content.timestamp,
    'webhook-signature': webhookSignature(KEYS.new, content),
  });
}

describe('a signed request', () => {
  it.each(['old', 'new'] as const)('is its source’s by either of its secrets (%s)', (which) => {
    expect(access().signed(ADDRESS, headers(KEYS[which]), BODY)).toEqual({
      ok: true,
      sender: {
        source: 'source research',
        strategies: ['trend'],
        requestId: 'research/msg_1',
        recorded: null,
      },
    });
  });

  it('is taken up to five minutes before and after it was signed', () => {
    const taken = [-301, -300, 0, 300, 301].map((off) => access().signed(ADDRESS, at(NOW_S + off), BODY).ok);
    expect(taken).toEqual([false, true, true, true, false]);
  });

  it.each<[string, RequestHeaders, number, string]>([
    ['nothing', {}, 401, 'not-signed'],
    ['no id', headers(KEYS.new, { 'webhook-id': undefined }), 401, 'not-signed'],
    ['an empty id', headers(KEYS.new, { 'webhook-id': '' }), 401, 'not-signed'],
    ['an endless id', headers(KEYS.new, { 'webhook-id': 'x'.repeat(257) }), 401, 'not-signed'],
    ['no time', headers(KEYS.new, { 'webhook-timestamp': undefined }), 401, 'not-signed'],
    ['a time in words', headers(KEYS.new, { 'webhook-timestamp': 'now' }), 401, 'not-signed'],
    ['a time below 0', headers(KEYS.new, { 'webhook-timestamp': '-1' }), 401, 'not-signed'],
    ['no signature', headers(KEYS.new, { 'webhook-signature': undefined }), 401, 'not-signed'],
    ['an old time', at(NOW_S - 3600), 401, 'stale-signature'],
    [
      'a time in milliseconds',
      headers(KEYS.new, { 'webhook-timestamp': String(NOW_S * 100) }),
      401,
      'stale-signature',
    ],
    [
      'another time than was signed',
      headers(KEYS.new, { 'webhook-timestamp': String(NOW_S + 1) }),
      401,
      'wrong-signature',
    ],
    ['another id than was signed', headers(KEYS.new, { 'webhook-id': 'msg_2' }), 401, 'wrong-signature'],
    ['a key of nobody’s', headers(Buffer.alloc(32, 9)), 401, 'wrong-signature'],
    [
      'the secret of a source of another kind',
      headers(Buffer.from('alerts-secret-1')),
      401,
      'wrong-signature',
    ],
    ['a source that is none', headers(KEYS.new, { 'webhook-source': 'nobody' }), 401, 'wrong-signature'],
    ['a source that is another', headers(KEYS.new, { 'webhook-source': 'other' }), 401, 'wrong-signature'],
  ])('with %s is refused', (_what, sent, status, code) => {
    expect(access().signed(ADDRESS, sent, BODY)).toMatchObject({
      ok: false,
      problem: { status, type: `urn:bowline:problem:${code}` },
    });
  });

  it('is answered alike whether the source that it names is there or not', () => {
    const answers = ['nobody', 'research', 'alerts'].map((name) =>
      access().signed(ADDRESS, headers(Buffer.alloc(32, 9), { 'webhook-source': name }), BODY),
    );
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  it('has the body that was signed, to the byte', () => {
    expect(access().signed(ADDRESS, headers(KEYS.new), Buffer.from('{"strategy": "trend"}'))).toMatchObject({
      ok: false,
    });
  });
});

describe('an open desk', () => {
  it('takes what is unsigned, by its address', () => {
    const sender = { source: ADDRESS, strategies: null, requestId: null, recorded: null };
    expect(access(true).signed(ADDRESS, {}, BODY)).toEqual({ ok: true, sender });
    expect(access(true).bySecret(ADDRESS, 'alerts', null)).toEqual({ ok: true, sender });
    expect(SignalAccess.open().signed(ADDRESS, {}, BODY)).toEqual({ ok: true, sender });
  });

  it('does not take what is signed wrongly', () => {
    expect(access(true).signed(ADDRESS, headers(Buffer.alloc(32, 9)), BODY).ok).toBe(false);
    expect(access(true).signed(ADDRESS, { 'webhook-source': 'research' }, BODY).ok).toBe(false);
    expect(access(true).bySecret(ADDRESS, 'alerts', 'wrong').ok).toBe(false);
  });
});

describe('a secret in the body', () => {
  it.each(['alerts-secret-1', 'alerts-secret-2'])('is one of its source’s: %s', (secret) => {
    expect(access().bySecret(ADDRESS, 'alerts', secret)).toEqual({
      ok: true,
      sender: { source: 'source alerts', strategies: null, requestId: null, recorded: null },
    });
  });

  it.each<[string, string, string | null, string]>([
    ['none', 'alerts', null, 'not-signed'],
    ['an empty one', 'alerts', '', 'wrong-signature'],
    ['another', 'alerts', 'alerts-secret-3', 'wrong-signature'],
    ['more than it', 'alerts', 'alerts-secret-1 ', 'wrong-signature'],
    ['that of another source', 'nobody', 'alerts-secret-1', 'wrong-signature'],
    ['that of a source that signs', 'research', KEYS.old.toString(), 'wrong-signature'],
  ])('(%s) is refused', (_what, name, secret, code) => {
    expect(access().bySecret(ADDRESS, name, secret)).toMatchObject({
      ok: false,
      problem: { status: 401, type: `urn:bowline:problem:${code}` },
    });
  });
});
