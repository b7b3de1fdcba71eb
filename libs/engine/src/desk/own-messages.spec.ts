import { decodeJson, encodeJson, type ControlMessage } from '@bowline/contracts';
import type { BusMessage } from '@bowline/ports';
import { LiveDesk } from '@bowline/testkit';
import { describe, expect, it } from '@jest/globals';

const OKX = 'okx';
const BINANCE = 'binance-usdm';
const OWN = 'odum.okx.BTCUSDT';

/** Two clients at two exchanges in two symbols: whatever is said of one may be said of another by mistake. */
async function opened(): Promise<{ readonly desk: LiveDesk; readonly heard: readonly BusMessage[] }> {
  const client = { accounts: { [OKX]: {}, [BINANCE]: {} }, params: { fixedQuantity: '0.001' } };
  const symbols = [OKX, BINANCE].flatMap((exchange) => [`${exchange}:BTCUSDT`, `${exchange}:ETHUSDT`]);
  const desk = await LiveDesk.open({ clients: { odum: client, ikenna: client }, symbols });
  const heard: BusMessage[] = [];
  const topics = ['order-intents.odum', `orders.odum.${OKX}`, `executions.odum.${OKX}`, 'positions.odum'];
  for (const topic of topics) {
    desk.bus.subscribe({
      topic,
      group: 'eavesdropper',
      handle: async ({ message }) => void heard.push(message),
    });
  }
  for (const exchange of [OKX, BINANCE]) await desk.price(45_000, { exchange });
  await desk.signal('A', 1, { takeProfit: '48000', stopLoss: '43000' });
  await desk.pass(1_000);
  return { desk, heard };
}

interface Change {
  /** Where it goes instead. */
  readonly topic?: string;
  readonly key?: string;
  readonly source?: string;
  readonly channel?: { readonly clientId?: string; readonly exchange?: string; readonly symbol?: string };
}

/** What is refused, by which shard, and why: of a message of the desk about `odum.okx.BTCUSDT` that is changed so. */
const FOREIGN: readonly (readonly [
  what: string,
  topic: string,
  change: Change,
  shard: string,
  reason: string,
])[] = [
  ...[
    ['order-intents', 'order-generator/odum', 'oco-manager/odum.okx.BTCUSDT', ''],
    [`executions`, 'execution-gateway/odum.okx', 'oco-manager/odum.okx.BTCUSDT', `.${OKX}`],
    [`orders`, 'oco-manager/odum.okx.BTCUSDT', 'execution-gateway/odum.okx', `.${OKX}`],
    ['positions', 'oco-manager/odum.okx.BTCUSDT', 'order-generator/odum', ''],
  ].flatMap(([name, sender, shard, account]) => {
    const topic = `${name}.odum${account}`;
    const from = (source: string): string => `it comes from ${source}, and only ${sender} may send it`;
    const about = (key: string): string => `it is about ${key}, which is none of its own`;
    return [
      [
        `${name} about another client`,
        topic,
        { channel: { clientId: 'ikenna' } },
        shard!,
        about('ikenna.okx.BTCUSDT'),
      ],
      [`${name} from a person`, topic, { source: 'operator' }, shard!, from('operator')],
      [`${name} from signal-ingest`, topic, { source: 'signal-ingest' }, shard!, from('signal-ingest')],
      [
        `${name} from the same role of another client`,
        topic,
        { source: sender!.replace('odum', 'ikenna') },
        shard!,
        from(sender!.replace('odum', 'ikenna')),
      ],
      [`${name} from nobody`, topic, { source: '' }, shard!, from('')],
    ] as const;
  }),
  [
    'orders about another account of the client',
    'orders.odum.okx',
    { channel: { exchange: BINANCE } },
    'execution-gateway/odum.okx',
    'it is about odum.binance-usdm.BTCUSDT, which is none of its own',
  ],
  [
    'orders about another channel than their key',
    'orders.odum.okx',
    { channel: { symbol: 'ETHUSDT' } },
    'execution-gateway/odum.okx',
    'it is about odum.okx.ETHUSDT, and its key is odum.okx.BTCUSDT',
  ],
  [
    'orders of one channel from the oco-manager of another',
    'orders.odum.okx',
    { source: 'oco-manager/odum.okx.ETHUSDT' },
    'execution-gateway/odum.okx',
    'it comes from oco-manager/odum.okx.ETHUSDT, and only oco-manager/odum.okx.BTCUSDT may send it',
  ],
  [
    'orders that have gone to another client’s account as they are',
    'orders.odum.okx',
    { topic: 'orders.ikenna.okx' },
    'execution-gateway/ikenna.okx',
    'it is about odum.okx.BTCUSDT, which is none of its own',
  ],
  [
    'orders that have gone to another account of the client as they are',
    'orders.odum.okx',
    { topic: 'orders.odum.binance-usdm' },
    'execution-gateway/odum.binance-usdm',
    'it is about odum.okx.BTCUSDT, which is none of its own',
  ],
  [
    'intents about another channel than their key',
    'order-intents.odum',
    { channel: { symbol: 'ETHUSDT' } },
    'oco-manager/odum.okx.BTCUSDT',
    'it is about odum.okx.ETHUSDT, which is none of its own',
  ],
  [
    'executions about another account of the client',
    'executions.odum.okx',
    { channel: { exchange: BINANCE } },
    'oco-manager/odum.okx.BTCUSDT',
    'it is about odum.binance-usdm.BTCUSDT, which is none of its own',
  ],
  [
    'executions of another account of the client, by its gateway',
    'executions.odum.okx',
    { source: 'execution-gateway/odum.binance-usdm' },
    'oco-manager/odum.okx.BTCUSDT',
    'it comes from execution-gateway/odum.binance-usdm, and only execution-gateway/odum.okx may send it',
  ],
  [
    'positions that have gone to another client as they are',
    'positions.odum',
    { topic: 'positions.ikenna' },
    'order-generator/ikenna',
    'it is about odum.okx.BTCUSDT, which is none of its own',
  ],
  [
    'positions about another channel than their key',
    'positions.odum',
    { channel: { symbol: 'ETHUSDT' } },
    'order-generator/odum',
    'it is about odum.okx.ETHUSDT, and its key is odum.okx.BTCUSDT',
  ],
];

function changed(message: BusMessage, { channel = {}, key, source, topic }: Change): BusMessage {
  const body = decodeJson(message.data) as { readonly channel: object };
  return {
    ...message,
    id: `${message.id}/changed`,
    topic: topic ?? message.topic,
    key: key ?? message.key,
    source: source ?? message.source,
    data: encodeJson({ ...body, channel: { ...body.channel, ...channel } }),
  };
}

/** The states of all shards, without what counts. */
function statesOf(desk: LiveDesk): string[] {
  return desk.runners().map(({ shard, state }) => `${shard} ${encodeJson({ ...state, tally: null })}`);
}

describe('what is not a shard’s own', () => {
  it.each(FOREIGN)('%s is put aside', async (_, topic, change, shard, reason) => {
    const { desk, heard } = await opened();
    const message = changed(
      heard.find((each) => each.topic === topic && each.key === OWN)!,
      change,
    );
    const before = [statesOf(desk), desk.sent.length];

    await desk.bus.publish(message);
    await desk.quiet();

    expect(desk.incidents).toMatchObject([{ shard, what: 'parked', error: expect.stringContaining(reason) }]);
    expect([statesOf(desk), desk.sent.length]).toEqual(before);
    expect(desk.audited.at(-1)).toMatchObject({
      ...{
        type: 'dead_letter',
        shard,
        messageId: `refused/${message.id}`,
        topic: message.topic,
        error: reason,
      },
    });
  });

  it('is recognized as it is by the shard whose it is', async () => {
    const { desk, heard } = await opened();
    expect(desk.incidents).toEqual([]);
    for (const message of [...heard]) await desk.bus.publish(message);
    await desk.quiet();
    expect(desk.incidents.filter(({ what }) => what !== 'duplicate')).toEqual([]);
  });
});

describe('a command to a client', () => {
  const halt = (clientId: string): ControlMessage => ({
    ...{ type: 'trading_state', clientId, scope: { exchange: null, symbol: null, strategyId: null } },
    ...{ tradingState: 'HALTED', by: 'odi', reason: 'a drill' },
  });
  const message = (fields: Partial<BusMessage>, body: unknown): BusMessage => ({
    ...{ topic: 'control.odum', key: 'odum', id: 'c1', source: 'operator', epoch: 0, time: 0, cause: null },
    data: encodeJson(body),
    ...fields,
  });
  const ofClient = [
    'order-generator/odum',
    ...['okx', BINANCE].flatMap((at) => [
      `execution-gateway/odum.${at}`,
      ...['BTCUSDT', 'ETHUSDT'].map((symbol) => `oco-manager/odum.${at}.${symbol}`),
    ]),
  ];

  it.each([
    ['names another client', message({}, halt('ikenna')), 'it is about ikenna, which is none of its own'],
    [
      'has the key of another',
      message({ key: 'ikenna' }, halt('odum')),
      'it is about odum, and its key is ikenna',
    ],
  ])(
    'is put aside by all of its shards where it %s, and whoever has that id is heard all the same',
    async (_, wrong, reason) => {
      const { desk } = await opened();
      await desk.bus.publish(wrong);
      await desk.quiet();
      expect(desk.incidents.map(({ shard }) => shard).sort()).toEqual([...ofClient].sort());
      expect(desk.incidents.every(({ error }) => error!.includes(reason))).toBe(true);
      expect(desk.generators.runners[0]!.state.client.tradingState).toBe('ACTIVE');

      await desk.bus.publish(message({ source: 'anybody' }, halt('odum')));
      await desk.quiet();
      expect(desk.generators.runners[0]!.state.client.tradingState).toBe('HALTED');
    },
  );

  it('does not make anybody old by the epoch that it claims', async () => {
    const { desk, heard } = await opened();
    const own = heard.find(({ topic }) => topic.startsWith('orders'))!;
    await desk.bus.publish({ ...changed(own, { channel: { clientId: 'ikenna' } }), epoch: 99 });
    await desk.signal('A', 0);
    await desk.pass(1_000);
    expect(desk.incidents.filter(({ what }) => what === 'fenced')).toEqual([]);
    expect(desk.trades().filter(({ closeReason }) => closeReason === 'signal')).toHaveLength(4);
  });

  it('is put aside where it is a signal with the key of another', async () => {
    const { desk } = await opened();
    await desk.bus.publish(message({ topic: 'signals.odum', key: 'ikenna' }, desk.publishSignal('A', 0)));
    await desk.quiet();
    expect(desk.incidents).toMatchObject([
      {
        shard: 'order-generator/odum',
        error: expect.stringContaining('it is about odum, and its key is ikenna'),
      },
    ]);
  });
});
