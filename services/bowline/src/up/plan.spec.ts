import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '@bowline/contracts';
import { layOut } from '@bowline/engine';
import { mockMarkets } from '../live/mock-markets.js';
import { ownShards } from '../live/own-shards.js';
import { deskTopology } from '../live/topology.js';
import { planProcesses } from './plan.js';
import { shardSlug } from './slug.js';

const config = parseConfig(
  `clients:
  ikenna: { exchanges: { okx: { symbols: [BTCUSDT, ETHUSDT] }, binance-usdm: { symbols: [BTCUSDT] } } }
  odum: { exchanges: { okx: { symbols: [BTCUSDT] } } }
`,
  'bowline.yaml',
);
const layout = layOut(config.clients, mockMarkets(config));

describe('the processes of a desk', () => {
  it('are one a role and shard', () => {
    expect(planProcesses(layout).map(({ name }) => name)).toEqual([
      'analytics',
      'market-data/binance-usdm',
      'market-data/okx',
      'execution-gateway/ikenna.binance-usdm',
      'execution-gateway/ikenna.okx',
      'execution-gateway/odum.okx',
      'oco-manager/ikenna.binance-usdm.BTCUSDT',
      'oco-manager/ikenna.okx.BTCUSDT',
      'oco-manager/ikenna.okx.ETHUSDT',
      'oco-manager/odum.okx.BTCUSDT',
      'order-generator/ikenna',
      'order-generator/odum',
      'signal-ingest',
    ]);
  });

  it('each own a part of it, and all of it together', () => {
    const own = planProcesses(layout).map(({ role, shard }) =>
      ownShards(layout, [role], shard === null ? null : [shard]),
    );
    const ofRole = (from: number, to: number) => own.slice(from, to);
    expect(ofRole(3, 6).flatMap(({ accounts }) => accounts)).toEqual(layout.accounts);
    expect(ofRole(6, 10).flatMap(({ channels }) => channels)).toEqual(layout.channels);
    expect(ofRole(10, 12).flatMap(({ clients }) => clients)).toEqual(layout.clients);
  });

  it('have folders of their own, whatever file system they lie on', () => {
    const names = ['ikenna.okx.BTCUSDT', 'ikenna.okx.btcusdt', 'ikenna.okx.BTC/USDT', 'ikenna.okx.BTC-USDT'];
    const folders = names.map((name) => shardSlug('oco-manager', name));
    expect(new Set(folders.map((folder) => folder.toLowerCase())).size).toBe(names.length);
    for (const folder of folders) expect(folder).toMatch(/^oco-manager-[a-z0-9.-]+$/);
    expect(shardSlug('order-generator', 'ikenna')).toBe('order-generator-ikenna');
    expect(shardSlug('order-generator', 'x'.repeat(300)).length).toBeLessThan(120);
  });
});

describe('the shards of a process', () => {
  it.each([
    [['oco-manager'], ['ikenna.okx.BTCUSD'], 'did you mean ikenna.okx.BTCUSDT?'],
    [['execution-gateway'], ['somebody'], 'has no shard somebody: ikenna.binance-usdm, ikenna.okx, odum.okx'],
    [['order-generator'], ['ikenna.okx'], 'order-generator has no shard ikenna.okx'],
    [['analytics'], ['ikenna'], '--shards: analytics has no shards'],
  ] as const)('of %j cannot be %j', (roles, shards, problem) => {
    expect(() => ownShards(layout, roles, shards)).toThrow(problem);
  });
});

describe('the topology of a desk', () => {
  const topology = new Map(deskTopology(layout, config).map(({ groups, topic }) => [topic, groups]));

  it.each([
    ['signals.ikenna', ['order-generator/ikenna']],
    [
      'order-intents.ikenna',
      [
        'oco-manager/ikenna.binance-usdm.BTCUSDT',
        'oco-manager/ikenna.okx.BTCUSDT',
        'oco-manager/ikenna.okx.ETHUSDT',
      ],
    ],
    ['orders.odum.okx', ['execution-gateway/odum.okx']],
    ['executions.odum.okx', ['oco-manager/odum.okx.BTCUSDT']],
    ['positions.odum', ['analytics', 'order-generator/odum']],
    ['audit.odum', ['analytics']],
    ['control.odum', ['execution-gateway/odum.okx', 'oco-manager/odum.okx.BTCUSDT', 'order-generator/odum']],
  ])('has %s read by %j', (topic, groups) => {
    expect(topology.get(topic)).toEqual(groups);
  });
});
