import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { klines, parseJson, read, serverTime } from '@bowline/exchange-binance-common';
import { sharedData, whenPresent } from '@bowline/testkit';
import type { z } from 'zod';
import { exchangeInfo } from './exchange-info.js';
import { account, canceled, myTrades, order, orders, placed } from './rest.js';
import { userEvent } from './user-events.js';

const FOLDER = 'fixtures/nautilus/binance/spot';

/** What is asked for here; nobody asks for the others. */
const ANSWERS: Readonly<Record<string, z.ZodType>> = {
  'account_response.json': account,
  'account_trades_response.json': myTrades,
  'all_orders_response.json': orders,
  'cancel_order_response.json': canceled,
  'exchange_info_response.json': exchangeInfo,
  'klines_response.json': klines,
  'new_order_full_response.json': placed,
  'open_orders_response.json': orders,
  'order_response.json': order,
  'server_time_response.json': serverTime,
};

const USER_EVENTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'account_position.json': {
    type: 'account',
    balances: [{ asset: 'USDT', locked: { units: 2_500n, scale: 0 } }, { asset: 'ETH' }],
  },
  'account_position_wrapped.json': { type: 'account', at: 1_564_034_571_073 },
  'balance_update.json': { type: 'transfer', asset: 'BTC', by: { units: 1n, scale: 3 } },
  'balance_update_wrapped.json': { type: 'transfer', at: 1_573_200_697_068 },
  'execution_report_canceled.json': {
    type: 'order',
    execType: 'CANCELED',
    clientOrderId: 'x-TD67BGP9-T0000000000000',
  },
  'execution_report_expired.json': { type: 'order', execType: 'EXPIRED', status: 'EXPIRED' },
  'execution_report_new.json': { type: 'order', execType: 'NEW', orderId: '12345678' },
  'execution_report_stop_loss.json': { type: 'order', execType: 'NEW', side: 'SELL' },
  'execution_report_trade.json': {
    ...{ type: 'order', execType: 'TRADE', status: 'FILLED', cumQty: { units: 1n, scale: 0 } },
    trade: { tradeId: 98_765_432, feeAsset: 'ETH', maker: true },
  },
  'execution_report_wrapped.json': { type: 'order', clientOrderId: 'mUvoqJxFIILMdfAW5iGSOW' },
  'list_status_wrapped.json': { type: 'list', orderListId: '2' },
};

/** Nobody here asks for these. */
const OTHERS = [
  'avg_price_response.json',
  'book_ticker_response.json',
  'cancel_open_orders_response.json',
  'depth_response.json',
  'ping_response.json',
  'ticker_24hr_response.json',
  'ticker_price_response.json',
  'trades_response.json',
];

whenPresent('recorded payloads', `../shared/data/${FOLDER}`, sharedData(FOLDER), (folder) => {
  const load = (...path: string[]): unknown => parseJson(readFileSync(join(folder, ...path), 'utf8'));
  const files = (sub: string): string[] => readdirSync(join(folder, sub)).sort();

  it('are all accounted for', () => {
    expect(files('http_json')).toEqual([...Object.keys(ANSWERS), ...OTHERS].sort());
    expect(files('user_data_json')).toEqual(Object.keys(USER_EVENTS).sort());
  });

  it.each(Object.entries(ANSWERS))('%s is an answer, whose other fields survive', (file, schema) => {
    const raw = load('http_json', file);
    const parsed = read(file, schema, raw);
    if (file === 'klines_response.json') {
      expect(parsed).toMatchObject([{ openTime: 1_499_040_000_000, open: { units: 163_479n, scale: 7 } }]);
      return;
    }
    const [first, firstRaw] = [parsed, raw].map((value): unknown =>
      Array.isArray(value) ? value[0] : value,
    );
    expect(Object.keys(first as object)).toEqual(expect.arrayContaining(Object.keys(firstRaw as object)));
  });

  it.each(Object.entries(USER_EVENTS))('%s is an event of the user stream', (file, expected) => {
    const event = userEvent(load('user_data_json', file));
    expect(event).toMatchObject(expected);
    expect(event.raw).toMatchObject({ e: expect.any(String) });
  });
});
