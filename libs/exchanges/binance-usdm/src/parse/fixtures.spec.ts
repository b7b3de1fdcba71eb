import { parseJson, read } from '@bowline/exchange-binance-common';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { sharedData, whenPresent } from '@bowline/testkit';
import type { z } from 'zod';
import { marketEvent } from './market-events.js';
import { account, algoOrders, balances, order, positionRisk } from './rest.js';
import { userEvent } from './user-events.js';

const FOLDER = 'fixtures/nautilus/binance/futures';

const ANSWERS: Readonly<Record<string, z.ZodType>> = {
  'account_info_v2.json': account,
  'balance.json': balances,
  'open_algo_orders.json': algoOrders,
  'order_response.json': order,
  'position_risk.json': positionRisk,
};

const USER_EVENTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'account_update.json': { type: 'account', reason: 'ORDER' },
  'account_update_bnfcr.json': {
    type: 'account',
    balances: [{ asset: 'BNFCR', balance: { units: 500128983031n, scale: 8 } }],
  },
  'algo_update_canceled.json': {
    type: 'algo',
    status: 'CANCELED',
    clientAlgoId: 'Q5xaq5EGKgXXa0fD7fs0Ip',
    actualOrderId: null,
  },
  'algo_update_new.json': { type: 'algo', status: 'NEW', algoId: '2148719' },
  'order_update_adl.json': {
    type: 'order',
    execType: 'CALCULATED',
    status: 'NEW_ADL',
    clientOrderId: 'adl_autoclose_12345',
  },
  'order_update_calculated.json': {
    type: 'order',
    execType: 'CALCULATED',
    status: 'FILLED',
    positionSide: 'LONG',
  },
  'order_update_calculated_pending.json': { type: 'order', execType: 'CALCULATED', status: 'NEW' },
  'order_update_delivery.json': {
    type: 'order',
    execType: 'TRADE',
    clientOrderId: 'delivery_autoclose-12345',
  },
  'order_update_insurance.json': { type: 'order', status: 'NEW_INSURANCE' },
  'order_update_new.json': { type: 'order', execType: 'NEW', orderId: '8886774' },
  'order_update_settlement.json': { type: 'order', clientOrderId: 'settlement_autoclose-9999' },
  'order_update_trade.json': { type: 'order', execType: 'TRADE', cumQty: { units: 1n, scale: 3 } },
  'order_update_trade_partial.json': { type: 'order', status: 'PARTIALLY_FILLED' },
  'trade_lite.json': { type: 'trade_lite', tradeId: 12345678 },
};

const MARKET_EVENTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'agg_trade_stream.json': { type: 'agg_trade', id: 5933014, price: { units: 1n, scale: 3 } },
  'book_ticker_stream.json': { type: 'book_ticker', bid: { units: 253519n, scale: 4 } },
  'depth_update_stream.json': {
    type: 'depth',
    previousUpdateId: 149,
    asks: [{ price: { units: 26n, scale: 4 }, quantity: { units: 100n, scale: 0 } }],
  },
  'kline_stream_closed.json': { type: 'kline', closed: true, low: { units: 1n, scale: 3 } },
  'kline_stream_open.json': { type: 'kline', closed: false },
  'liquidation_stream.json': { type: 'force_order', averagePrice: { units: 991012345678n, scale: 8 } },
  'mark_price_stream.json': { type: 'mark_price', fundingRate: { units: 38167n, scale: 8 } },
  'ticker_stream.json': { type: 'unknown', name: '24hrTicker' },
  'trade_stream.json': { type: 'trade', id: 5933014, buyerIsMaker: true },
};

whenPresent('recorded payloads', `../shared/data/${FOLDER}`, sharedData(FOLDER), (folder) => {
  const load = (...path: string[]): unknown => parseJson(readFileSync(join(folder, ...path), 'utf8'));
  const files = (sub: string): string[] => readdirSync(join(folder, sub)).sort();

  it('are all accounted for', () => {
    expect(files('http_json')).toEqual(Object.keys(ANSWERS).sort());
    expect(files('user_data_json')).toEqual(Object.keys(USER_EVENTS).sort());
    expect(files('market_data_json')).toEqual(Object.keys(MARKET_EVENTS).sort());
  });

  it.each(Object.entries(ANSWERS))('%s is an answer, whose other fields survive', (file, schema) => {
    const raw = load('http_json', file);
    const parsed = read(file, schema, raw);
    const [first, firstRaw] = [parsed, raw].map((value) => (Array.isArray(value) ? value[0] : value));
    expect(Object.keys(first)).toEqual(expect.arrayContaining(Object.keys(firstRaw)));
  });

  it.each(Object.entries(USER_EVENTS))('%s is an event of the user stream', (file, expected) => {
    const raw = load('user_data_json', file);
    const event = userEvent(raw);
    expect(event).toMatchObject(expected);
    expect(event.raw).toMatchObject({ e: expect.any(String) });
  });

  it.each(Object.entries(MARKET_EVENTS))('%s is an event of the market', (file, expected) => {
    expect(marketEvent(load('market_data_json', file))).toMatchObject(expected);
  });
});
