import { describe, expect, it } from '@jest/globals';
import { NOW, testIngest } from './ingest.spec-support.js';
import type { Sender } from './sender.js';

const MINUTE = 60_000;
const SIGNAL = { strategyId: 'trend', symbol: 'BTCUSDT', signal: 1 };

function sender(changes: Partial<Sender> = {}): Sender {
  return { source: 'source research', strategies: null, requestId: null, recorded: null, ...changes };
}

async function idsOf(from: Sender, body: unknown): Promise<string[]> {
  const { ingest, signals } = testIngest();
  await ingest.receive(from, body);
  return signals().map(({ id }) => id);
}

describe('a sender that is held to its strategies', () => {
  it('sends those, and nothing of a request with another among them', async () => {
    const { bus, ingest } = testIngest();
    const held = sender({ strategies: ['trend', 'scout'] });
    expect(await ingest.receive(held, [SIGNAL, { ...SIGNAL, strategyId: 'scout' }])).toMatchObject({
      taken: true,
    });
    bus.published.splice(0);
    expect(
      await ingest.receive(held, [SIGNAL, { strategy: 'breakout', symbol: 'BTCUSDT', signal: 0 }]),
    ).toMatchObject({
      taken: false,
      problem: {
        type: 'urn:bowline:problem:wrong-strategy',
        status: 403,
        errors: [
          {
            path: '[1].strategy',
            message: "breakout is none of this source's strategies, which are trend, scout",
          },
        ],
      },
    });
    expect(bus.published).toEqual([]);
  });
});

describe('a request that comes again', () => {
  it('has the same ids by its name where its signals have neither id nor time', async () => {
    const [first] = await idsOf(sender({ requestId: 'research/msg_1' }), SIGNAL);
    const later = testIngest();
    await later.ingest.receive(sender({ requestId: 'research/msg_1' }), SIGNAL);
    expect(later.signals()[0].id).toBe(first);
    expect(await idsOf(sender({ requestId: 'research/msg_2' }), SIGNAL)).not.toEqual([first]);
    expect(await idsOf(sender({ requestId: 'other/msg_1' }), SIGNAL)).not.toEqual([first]);
  });

  it('has those of its signals where they have them, whatever it is called', async () => {
    for (const body of [
      { ...SIGNAL, id: 'n-1' },
      { ...SIGNAL, time: NOW },
    ]) {
      const [first] = await idsOf(sender({ requestId: 'research/msg_1' }), body);
      expect(await idsOf(sender({ requestId: 'research/msg_2' }), body)).toEqual([first]);
      expect(await idsOf(sender(), body)).toEqual([first]);
    }
  });

  it('tells its signals apart', async () => {
    const body = [SIGNAL, { ...SIGNAL, symbol: 'ETHUSDT' }, { ...SIGNAL, signal: 0 }];
    expect(new Set(await idsOf(sender({ requestId: 'research/msg_1' }), body)).size).toBe(3);
  });
});

describe('a signal that was written down', () => {
  const written = sender({ recorded: { at: NOW - 2 * MINUTE } });

  it('lives from when it was written, not from when it is read', async () => {
    const { ingest, signals } = testIngest({ defaultLifeMs: 10 * MINUTE });
    await ingest.receive(written, SIGNAL);
    await ingest.receive(written, { ...SIGNAL, time: NOW - MINUTE });
    await ingest.receive(written, { ...SIGNAL, time: NOW - MINUTE, expiresAt: NOW + MINUTE });
    expect(signals().map(({ expiresAt, time }) => [time - NOW, expiresAt! - NOW])).toEqual([
      [-2 * MINUTE, 8 * MINUTE],
      [-MINUTE, 9 * MINUTE],
      [-MINUTE, MINUTE],
    ]);
  });

  it('does not enter once it is old, and still goes flat', async () => {
    const { bus, ingest, signals } = testIngest({ defaultLifeMs: 10 * MINUTE });
    const old = sender({ recorded: { at: NOW - 10 * MINUTE } });
    expect(await ingest.receive(old, SIGNAL)).toMatchObject({
      taken: false,
      problem: {
        status: 422,
        errors: [
          {
            path: 'time',
            message: "it expired at 2025-01-06T12:00:00.000Z; the desk's time is 2025-01-06T12:00:00.000Z",
          },
        ],
      },
    });
    expect(bus.published).toEqual([]);
    expect(await ingest.receive(old, { ...SIGNAL, signal: 0 })).toMatchObject({ taken: true });
    expect(signals()).toMatchObject([{ signal: 0, time: NOW - 10 * MINUTE, expiresAt: null }]);
  });

  it('needs a time where nobody knows when that was', async () => {
    const { ingest } = testIngest();
    const timeless = sender({ recorded: { at: null } });
    for (const signal of [1, 0]) {
      expect(await ingest.receive(timeless, { ...SIGNAL, signal })).toMatchObject({
        problem: { errors: [{ path: 'time', message: expect.stringContaining('missing;') }] },
      });
    }
    expect(await ingest.receive(timeless, { ...SIGNAL, time: NOW })).toMatchObject({ taken: true });
  });
});
