import { topicOf } from '@bowline/contracts';
import type { BusMessage } from '@bowline/ports';
import { LiveDesk, type LiveDeskOptions } from '@bowline/testkit';
import { knownDesk } from './known-desk-of.js';
import { LiveModel, type TopicBody } from './model/live-model.js';
import { ANALYTICS_TOPICS, readBody } from './read-body.js';

/** A desk, and every message of it that analytics listens to, in the order in which the bus brought them. */
export interface RecordedDesk {
  readonly desk: LiveDesk;
  readonly messages: readonly BusMessage[];
}

export const CLIENTS: NonNullable<LiveDeskOptions['clients']> = {
  odum: {
    params: { fixedQuantity: '0.001' },
    strategies: { A: {}, B: { fixedQuantity: '0.002' } },
  },
};

export async function recordedDesk(options: LiveDeskOptions = { clients: CLIENTS }): Promise<RecordedDesk> {
  const desk = await LiveDesk.open(options);
  const messages: BusMessage[] = [];
  for (const { clientId } of desk.layout.clients) {
    for (const topic of ANALYTICS_TOPICS) {
      desk.bus.subscribe({
        topic: topicOf(topic, clientId),
        group: 'recorder',
        handle: async ({ message }) => void messages.push(message),
      });
    }
  }
  return { desk, messages };
}

/** A long 0.001 at 45,000 and B long 0.002 at 46,000, each with its pair. */
export async function openSeed({ desk }: RecordedDesk): Promise<void> {
  await desk.price(45_000);
  await desk.signal('A', 1, { takeProfit: '48000', stopLoss: '43000' });
  await desk.pass(1_000);
  await desk.price(46_000);
  await desk.signal('B', 1, { takeProfit: '49000', stopLoss: '44000' });
  await desk.pass(1_000);
}

/** A's take-profit at 48,000, after a quarter of an hour in all. */
export async function takeProfitOfA({ desk }: RecordedDesk): Promise<void> {
  await desk.pass(15 * 60_000 - 2_000);
  await desk.price(48_000, { bid: 48_000, ask: 48_000.1 });
  await desk.pass(1_000);
}

/** B's stop at 44,000. */
export async function stopOfB({ desk }: RecordedDesk): Promise<void> {
  await desk.price(44_000, { bid: 44_000, ask: 44_000.1 });
  await desk.pass(1_000);
}

export function newModel({ desk }: RecordedDesk, keep?: number): LiveModel {
  const model = new LiveModel(knownDesk(desk.layout), keep);
  model.begin(NO_HISTORY);
  return model;
}

const NO_HISTORY: Parameters<LiveModel['begin']>[0] = {
  rows: {
    strategy_positions: [],
    trades: [],
    orders: [],
    fills: [],
    funding: [],
    signals: [],
    denials: [],
    alerts: [],
    controls: [],
    channels: [],
    accounts: [],
    bars: [],
  },
  ignored: [],
  denied: [],
  lastSequence: 0,
  seen: [],
};

/** Folds messages as the bus brings them. */
export function foldAll(model: LiveModel, messages: readonly BusMessage[]): LiveModel {
  for (const message of messages) model.fold(message, bodyOf(message));
  return model;
}

export function bodyOf({ data, topic }: BusMessage): TopicBody {
  const body = readBody(topic.split('.')[0] as TopicBody['topic'], data);
  if (body instanceof Error) throw body;
  return body;
}
