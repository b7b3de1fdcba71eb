import { describe, expect, it } from '@jest/globals';
import { LiveDesk, WorkFolder } from '@bowline/testkit';
import { KeptLog } from './ingest.spec-support.js';
import { signalDirectory } from './signal-directory.js';
import { SignalIngest } from './signal-ingest.js';
import { SignalSources } from './signal-sources.js';

const work = new WorkFolder('signal-sources');
/** Behind the strategy's tag. */
const LEG_AT = 6;

describe('one signal', () => {
  it('makes one order, though it comes by HTTP, from a file, and over a topic', async () => {
    // Every signal that counts adds to the position: two that do would show.
    const desk = await LiveDesk.open({ clients: { odum: { params: { scaleIn: true } } } });
    await desk.price(45_000);
    const { bus, clock, layout } = desk;
    const logger = new KeptLog();
    const directory = signalDirectory(layout, layout.markets);
    const ingest = new SignalIngest({ bus, clock, directory, logger });
    const signal = { strategy: 'trend', symbol: 'BTCUSDT', action: 'buy', time: clock.now() };
    const path = work.file('signals.jsonl', `${JSON.stringify(signal)}\n`);
    let taken = 0;
    let bothTaken: () => void = () => undefined;
    const both = new Promise<void>((resolve) => {
      bothTaken = resolve;
    });
    const sources = await SignalSources.open({
      config: {
        files: [{ path, format: 'jsonl', strategies: null }],
        subscriptions: [{ topic: 'strategy-signals', strategies: null }],
      },
      folder: work.at('positions'),
      bus,
      logger,
      ingest: {
        receive: async (from, body) => {
          const receipt = await ingest.receive(from, body);
          taken += receipt.taken ? 1 : 0;
          if (taken === 2) bothTaken();
          return receipt;
        },
      },
    });
    expect(await ingest.receive('127.0.0.1', signal)).toMatchObject({ taken: true });
    await bus.publish({
      ...{ topic: 'strategy-signals', key: 'trend', id: 'm-1', source: 'research', epoch: 0, cause: null },
      time: clock.now(),
      data: JSON.stringify(signal),
    });
    await both;
    await desk.quiet();
    await sources.close();
    const placed = desk.sent.flatMap((request) => (request.type === 'place' ? [request.clientOrderId] : []));
    expect(placed.filter((id) => id[LEG_AT] === 'e')).toHaveLength(1);
    expect([logger.lines, sources.trouble]).toEqual([[], null]);
  });
});
