import {
  encodeJson,
  readTraceparent,
  traceIdOf,
  traceOf,
  traceWithin,
  type ClientSignal,
} from '@bowline/contracts';
import type { BusMessage } from '@bowline/ports';
import { LiveDesk } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';

const TOPICS = [
  'order-intents.odum',
  'orders.odum.binance-usdm',
  'executions.odum.binance-usdm',
  'positions.odum',
];

/** A desk whose messages between roles are kept, through its crashes. */
class TracedDesk {
  readonly messages: BusMessage[] = [];
  private readonly seen = new Set<string>();

  private constructor(public desk: LiveDesk) {
    this.listen();
  }

  static async open(): Promise<TracedDesk> {
    return new TracedDesk(await LiveDesk.open());
  }

  async crash(): Promise<void> {
    this.desk = await this.desk.crash();
    this.listen();
  }

  async signal(fields: Partial<ClientSignal>, traceparent: string | null): Promise<void> {
    const { clock } = this.desk;
    const signal: ClientSignal = {
      ...{ id: 'signal-1', strategyId: 'A', symbol: 'BTCUSDT', signal: 1, time: clock.now() },
      ...{ price: null, takeProfit: '48000', stopLoss: '43000', volatility: null, quantity: null },
      expiresAt: null,
      ...fields,
    };
    const id = `${signal.id}/odum`;
    await this.desk.bus.publish({
      ...{ topic: 'signals.odum', key: 'odum', id, source: 'signal-ingest', epoch: 0 },
      ...{ time: clock.now(), cause: null, data: encodeJson(signal) },
      ...(traceparent === null ? {} : { traceparent: traceWithin(traceparent, id) }),
    });
    await this.desk.pass(1_000);
  }

  /** By topic, the traces of its messages. */
  traces(): Record<string, readonly (string | undefined)[]> {
    return Object.fromEntries(
      TOPICS.map((topic) => {
        const own = this.messages.filter((message) => message.topic === topic);
        const traces = own.map(({ traceparent }) => traceparent && traceIdOf(traceparent));
        return [topic, [...new Set(traces)]];
      }),
    );
  }

  private listen(): void {
    for (const topic of TOPICS) {
      this.desk.bus.subscribe({
        topic,
        group: 'traces',
        handle: async ({ message }) => {
          if (this.seen.has(message.id)) return;
          this.seen.add(message.id);
          this.messages.push(message);
        },
      });
    }
  }
}

const ofAll = (trace: string | undefined) => Object.fromEntries(TOPICS.map((topic) => [topic, [trace]]));

describe('the trace of a signal', () => {
  it('is that of its intent, its orders, what the exchange says of them, and what becomes of the position', async () => {
    const traced = await TracedDesk.open();
    await traced.desk.price(45_000);
    await traced.signal({}, traceOf('signal-1'));
    // The entry is filled, its legs are in place; then the take-profit fills, and the stop goes.
    await traced.desk.price(48_000, { bid: 48_000, ask: 48_000.1 });
    await traced.desk.pass(1_000);

    expect(traced.desk.trades()).toMatchObject([{ closeReason: 'take_profit' }]);
    const { messages } = traced;
    // What the exchange says of the account when it is asked belongs to nothing.
    const [first, ...others] = messages.filter(({ traceparent }) => traceparent !== undefined);
    expect(first!.topic).toBe('order-intents.odum');
    for (const { traceparent } of [first!, ...others])
      expect(readTraceparent(traceparent!)).toBe(traceparent);
    expect(new Set(others.map(({ traceparent }) => traceparent)).size).toBe(others.length);
    const untraced = messages.filter(({ traceparent }) => traceparent === undefined);
    expect(untraced.filter(({ topic }) => topic.startsWith('order'))).toEqual([]);
    messages.splice(0, messages.length, first!, ...others);
    expect(traced.traces()).toEqual(ofAll(traceIdOf(traceOf('signal-1'))));
  });

  it('goes on after a crash, for orders that were placed before', async () => {
    const traced = await TracedDesk.open();
    await traced.desk.price(45_000);
    await traced.signal({}, traceOf('signal-1'));
    await traced.crash();
    traced.messages.length = 0;
    await traced.desk.price(43_000, { bid: 42_999, ask: 43_000 });
    await traced.desk.pass(1_000);

    expect(traced.desk.trades()).toMatchObject([{ closeReason: 'stop_loss' }]);
    const told = traced.messages.filter(({ topic }) => !topic.startsWith('order-intents'));
    const ofReports = told.filter(({ data }) => /"execution"|"cancel"/.test(data));
    expect(ofReports.length).toBeGreaterThan(1);
    expect(new Set(ofReports.map(({ traceparent }) => traceIdOf(traceparent!)))).toEqual(
      new Set([traceIdOf(traceOf('signal-1'))]),
    );
  });

  it('is none where the signal has none', async () => {
    const traced = await TracedDesk.open();
    await traced.desk.price(45_000);
    await traced.signal({}, null);
    expect(traced.messages.length).toBeGreaterThan(5);
    expect(traced.traces()).toEqual(ofAll(undefined));
  });
});
