import { beforeEach, describe, expect, it } from '@jest/globals';
import { parseJsonBytes, webhookSignature } from '@bowline/contracts';
import { LiveDesk } from '@bowline/testkit';
import { KeptLog } from './ingest.spec-support.js';
import { SignalAccess } from './signal-access.js';
import { signalDirectory } from './signal-directory.js';
import { SignalIngest } from './signal-ingest.js';

const KEY = Buffer.alloc(32, 7);
const WALL = Date.UTC(2026, 4, 1);
/** Behind the strategy's tag. */
const LEG_AT = 6;

let desk: LiveDesk;

/** One of several behind an address. */
function replica() {
  const { bus, clock, layout } = desk;
  const access = new SignalAccess({
    open: false,
    now: () => WALL,
    sources: [{ name: 'research', kind: 'standard', keys: [KEY], strategies: null }],
  });
  const directory = signalDirectory(layout, layout.markets);
  const ingest = new SignalIngest({ bus, clock, directory, logger: new KeptLog() });
  return async (id: string, text: string, attempt = 0): Promise<boolean> => {
    const body = Buffer.from(text);
    const content = { id, timestamp: String(WALL / 1000 + attempt), body };
    const admitted = access.signed(
      '127.0.0.1',
      {
        'webhook-id': content.id,
        'webhook-timestamp': content.timestamp,
        'webhook-signature': webhookSignature(KEY, content),
      },
      body,
    );
    const parsed = parseJsonBytes(body);
    if (!admitted.ok || !parsed.ok) return false;
    const receipt = await ingest.receive(admitted.sender, parsed.value);
    return receipt.taken;
  };
}

function entries(): number {
  const placed = desk.sent.flatMap((request) => (request.type === 'place' ? [request.clientOrderId] : []));
  return placed.filter((id) => id[LEG_AT] === 'e').length;
}

beforeEach(async () => {
  // Every signal that counts adds to the position: two that do would show.
  desk = await LiveDesk.open({ clients: { odum: { params: { scaleIn: true } } } });
  await desk.price(45_000);
});

describe('two replicas behind one address', () => {
  const bare = '{"strategy":"trend","symbol":"BTCUSDT","signal":1}';
  const timed = `{"strategy":"trend","symbol":"BTCUSDT","signal":1,"time":${Date.UTC(2024, 0, 1)}}`;
  const named = '{"strategy":"trend","symbol":"BTCUSDT","signal":1,"id":"n-1"}';

  it.each([
    ['with neither id nor time', bare],
    ['with a time', timed],
    ['with an id', named],
  ])('make one order of a webhook (%s) that both of them get', async (_which, text) => {
    const [first, second] = [replica(), replica()];
    expect(await Promise.all([first('msg_1', text), second('msg_1', text)])).toEqual([true, true]);
    await desk.pass(60_000);
    expect(await second('msg_1', text, 60)).toBe(true);
    await desk.quiet();
    expect(entries()).toBe(1);
  });

  it('make two of two webhooks', async () => {
    const [first, second] = [replica(), replica()];
    await first('msg_1', bare);
    await desk.pass(60_000);
    await second('msg_2', bare);
    await desk.quiet();
    expect(entries()).toBe(2);
  });
});
