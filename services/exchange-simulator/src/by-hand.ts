import { randomBytes } from 'node:crypto';
import {
  CASH_SCALE,
  decimal,
  parseDecimal,
  priceToTicks,
  wholeLots,
  type Decimal,
  type Instrument,
} from '@bowline/domain';
import type { AccountSetting, NewOrderRequest } from '@bowline/exchange-simulator';
import { z } from 'zod';
import { Refusal } from './http-answer.js';
import type { Venue } from './venue.js';

const name = z.string().min(1).max(256);
const decimalText = z.string().describe('Decimal text.');

/** An order that somebody places for an account by hand, as `POST /orders` takes it. */
export const handOrder = z.strictObject({
  exchange: name,
  account: name,
  symbol: name,
  side: z.enum(['BUY', 'SELL']),
  quantity: decimalText,
  price: decimalText.optional().describe('Default: at the market.'),
  positionSide: z.enum(['LONG', 'SHORT']).optional().describe('In hedge mode.'),
  reduceOnly: z.boolean().default(false),
  clientOrderId: name.optional().describe('Default: as from a web page.'),
});
export type HandOrder = z.output<typeof handOrder>;

/** How an account trades, or what with, changed by hand, as `POST /settings` takes it. */
export const handSetting = z.union([
  z.strictObject({ exchange: name, account: name, hedgeMode: z.boolean() }),
  z.strictObject({ exchange: name, account: name, symbol: name, leverage: z.int() }),
  z.strictObject({ exchange: name, account: name, symbol: name, isolated: z.boolean() }),
  z.strictObject({
    ...{ exchange: name, account: name, asset: name },
    amount: decimalText.describe('Decimal text: what is brought to the account; below 0, taken from it.'),
  }),
]);
export type HandSetting = z.output<typeof handSetting>;

/** What came of an order by hand. */
export interface HandOrderOutcome {
  readonly clientOrderId: string;
  readonly orderStatus: string;
}

/** Places an order for an account, as its owner does past all programs. Throws a Refusal where the exchange does not take it. */
export function placeByHand(venue: Venue, order: HandOrder): HandOrderOutcome {
  const { account, positionSide, price, quantity, reduceOnly, side, symbol } = order;
  checkAccount(venue, account);
  const instrument = instrumentOf(venue, symbol);
  const orderQty = wholeLots(instrument, readDecimal(quantity, 'quantity'));
  const ticks = price === undefined ? null : priceToTicks(instrument, readDecimal(price, 'price'));
  if (orderQty === null)
    throw new Refusal(400, `quantity: ${quantity} is no multiple of ${instrument.lotSize}`);
  if (price !== undefined && ticks === null)
    throw new Refusal(400, `price: ${price} is no multiple of ${instrument.tickSize}`);
  const clientOrderId = order.clientOrderId ?? `web_${randomBytes(10).toString('hex')}`;
  const request: NewOrderRequest = {
    ...{ kind: 'new', account, symbol, clientOrderId, side, orderQty },
    orderType: ticks === null ? 'MARKET' : 'LIMIT',
    ...(ticks !== null && { price: ticks }),
    ...(positionSide === undefined ? { reduceOnly } : { positionSide }),
  };
  const reports = venue.exchange.carryOut(request).filter((report) => report.clientOrderId === clientOrderId);
  const refused = reports.find(({ execType }) => execType === 'REJECTED');
  if (refused !== undefined) throw new Refusal(422, `the exchange has refused it: ${refused.rejectCode}`);
  return { clientOrderId, orderStatus: reports.at(-1)?.orderStatus ?? 'NEW' };
}

/** Changes how an account trades. Throws a Refusal where that cannot be. */
export function setByHand(venue: Venue, setting: HandSetting): void {
  const { account } = setting;
  checkAccount(venue, account);
  const refusal = venue.exchange.set(settingOf(setting));
  if (refusal !== null) throw new Refusal(422, `the exchange has refused it: ${refusal}`);
}

function settingOf(setting: HandSetting): AccountSetting {
  const { account } = setting;
  if ('hedgeMode' in setting) return { kind: 'positionMode', account, hedgeMode: setting.hedgeMode };
  if ('amount' in setting) {
    const { amount, asset } = setting;
    if (readDecimal(amount, 'amount').scale > CASH_SCALE)
      throw new Refusal(400, `amount: ${amount} has more than ${CASH_SCALE} decimals`);
    return { kind: 'transfer', account, asset, amount };
  }
  const { symbol } = setting;
  if ('leverage' in setting) return { kind: 'leverage', account, symbol, leverage: setting.leverage };
  return { kind: 'marginType', account, symbol, isolated: setting.isolated };
}

function checkAccount({ accounts, options }: Venue, account: string): void {
  if (!accounts.has(account)) throw new Refusal(404, `${options.exchange} has no account ${account}`);
}

function instrumentOf({ options }: Venue, symbol: string): Instrument {
  const instrument = options.instruments.find((each) => each.symbol === symbol);
  if (instrument === undefined) throw new Refusal(404, `${options.exchange} has no market ${symbol}`);
  return instrument;
}

function readDecimal(text: string, field: string): Decimal {
  if (parseDecimal(text) === null) throw new Refusal(400, `${field}: ${JSON.stringify(text)} is no number`);
  return decimal(text);
}
