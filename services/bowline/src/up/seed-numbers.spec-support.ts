import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { UpDesk } from './up-desk.spec-support.js';

/** Two strategies on one position: A long 0.001 at 45,000, B long 0.002 at 46,000, each with its own pair. */
export const SEED_CONFIG = `
environment: local-integration
clients:
  ikenna:
    commandKey: env:SPEC_CLIENT_KEY
    exchanges:
      binance-usdm: { accountBalance: 10000, feeMakerBps: 0, feeTakerBps: 0, commandKey: env:SPEC_ACCOUNT_KEY }
    orderParams: { defaultOrderType: limit, sizing: { fixedQuantity: 0.001 } }
instruments: { BTCUSDT: { tickSize: 0.1, lotSize: 0.001 } }
`;

/** Commands are signed, each by a key of its own. */
export const SEED_KEYS = { SPEC_CLIENT_KEY: 'c'.repeat(43), SPEC_ACCOUNT_KEY: 'a'.repeat(43) };

interface Shown {
  readonly [field: string]: unknown;
}

/** Plays the numbers of the first document through processes that hold nothing in common but their bus. */
export async function playSeed(desk: UpDesk): Promise<void> {
  // Limit orders rest, and fill at their prices where the market comes through.
  await desk.moveTo('binance-usdm', 'BTCUSDT', '45010');
  await send(desk, { strategyId: 'A', signal: 1, price: 45_000, takeProfit: 48_000, stopLoss: 43_000 });
  await resting(desk, 1);
  await desk.moveTo('binance-usdm', 'BTCUSDT', '44990');
  await shown(desk, 'positions', (all) => all.length === 1 && all[0]!['openQuantity'] === '0.001');
  await desk.moveTo('binance-usdm', 'BTCUSDT', '46010');
  const b = {
    strategyId: 'B',
    signal: 1,
    price: 46_000,
    takeProfit: 49_000,
    stopLoss: 44_000,
    quantity: 0.002,
  };
  await send(desk, b);
  await resting(desk, 3);
  await desk.moveTo('binance-usdm', 'BTCUSDT', '45990');
  await shown(desk, 'pairs', (all) => all.filter(({ status }) => status === 'active').length === 2);
  const { positions } = (await desk.truth()).exchanges['binance-usdm']!.accounts['ikenna']!;
  expect(positions).toEqual([
    expect.objectContaining({ positionSide: 'BOTH', quantity: 3, entryPrice: '45666.66666667' }),
  ]);

  await desk.moveTo('binance-usdm', 'BTCUSDT', '48010');
  const [ofA] = await shown(desk, 'trades', (all) => all.length === 1);
  expect(ofA).toMatchObject({
    ...{ strategyId: 'A', quantity: '0.001', entryPrice: '45000', exitPrice: '48000' },
    ...{ closeReason: 'take_profit', realizedPnl: '3' },
  });
  const [left] = await shown(desk, 'positions', (all) => all.every(({ strategyId }) => strategyId === 'B'));
  expect(left).toMatchObject({ openQuantity: '0.002', takeProfitPrice: '49000', stopLossPrice: '44000' });

  await desk.moveTo('binance-usdm', 'BTCUSDT', '44000');
  const trades = await shown(desk, 'trades', (all) => all.length === 2);
  // Its stop triggers at 44,000, and sells to the bid, half a basis point below.
  expect(trades.find(({ strategyId }) => strategyId === 'B')).toMatchObject({
    ...{ quantity: '0.002', entryPrice: '46000', exitPrice: '43997.8' },
    ...{ closeReason: 'stop_loss', realizedPnl: '-4.0044' },
  });
  await shown(desk, 'positions', (all) => all.length === 0);
  const after = (await desk.truth()).exchanges['binance-usdm']!.accounts['ikenna']!;
  expect(after.positions).toEqual([]);
  expect(after.openOrders).toEqual([]);
  expect(after.balances).toEqual({ USDT: '9998.9956' });
}

/** Waits until so many orders rest at the exchange. */
export async function resting(desk: UpDesk, count: number): Promise<void> {
  for (;;) {
    const { openOrders } = (await desk.truth()).exchanges['binance-usdm']!.accounts['ikenna']!;
    if (openOrders.length === count) return;
    await sleep(50);
  }
}

export async function send(desk: UpDesk, signal: Readonly<Record<string, unknown>>): Promise<void> {
  const response = await fetch(`${desk.signals}/v1/signals`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ symbol: 'BTCUSDT', ...signal }),
  });
  expect([response.status, await response.text()]).toEqual([202, expect.any(String)]);
}

/** Asks for a list until it is as it has to become. */
export async function shown(
  desk: UpDesk,
  list: 'positions' | 'pairs' | 'trades',
  isSo: (all: readonly Shown[]) => boolean,
): Promise<readonly Shown[]> {
  for (;;) {
    const response = await fetch(`${desk.url}/v1/${list}${list === 'positions' ? '?status=open' : ''}`);
    const { items } = (await response.json()) as { readonly items: readonly Shown[] };
    if (isSo(items)) return items;
    await sleep(50);
  }
}
