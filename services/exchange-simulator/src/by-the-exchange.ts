import { decimal, parseDecimal, wholeLots } from '@bowline/domain';
import { z } from 'zod';
import { Refusal } from './http-answer.js';
import type { Venue } from './venue.js';

const name = z.string().min(1).max(256);

/** A position that the exchange closes to take the other side of somebody's bankruptcy, as `POST /deleverage` takes it. */
export const deleverageOrder = z.strictObject({
  exchange: name,
  account: name,
  symbol: name,
  positionSide: z.enum(['LONG', 'SHORT']).optional().describe('In hedge mode.'),
  quantity: z.string().optional().describe('Decimal text. Default: all of it.'),
});
export type DeleverageOrder = z.output<typeof deleverageOrder>;

/** Funding that falls due now, as `POST /funding` takes it. */
export const fundingOrder = z.strictObject({
  exchange: name,
  symbol: name,
  rate: z.string().describe('Decimal text; above 0, longs pay shorts.'),
});
export type FundingOrder = z.output<typeof fundingOrder>;

/** Auto-deleveraging by order. Throws a Refusal where there is no such position. */
export function deleverage({ accounts, exchange, options }: Venue, order: DeleverageOrder): void {
  const { account, positionSide, quantity, symbol } = order;
  if (!accounts.has(account)) throw new Refusal(404, `${options.exchange} has no account ${account}`);
  const instrument = options.instruments.find((each) => each.symbol === symbol);
  if (instrument === undefined) throw new Refusal(404, `${options.exchange} has no market ${symbol}`);
  const side = positionSide ?? 'BOTH';
  const held = exchange
    .positions(account)
    .find((position) => position.symbol === symbol && position.positionSide === side);
  if (held === undefined) throw new Refusal(422, `${account} has no position ${side} in ${symbol}`);
  const lots = quantity === undefined ? null : lotsOf(instrument, quantity);
  if (lots !== null && (lots < 1 || lots > Math.abs(held.quantity)))
    throw new Refusal(422, `${account} has ${Math.abs(held.quantity)} lots of ${symbol}, not ${lots}`);
  exchange.deleverage({
    ...{ kind: 'deleverage', account, symbol },
    ...(positionSide && { positionSide }),
    ...(lots !== null && { quantity: lots }),
  });
}

/** Charges funding now, whatever the time. Throws a Refusal. */
export function fund({ exchange, options }: Venue, { rate, symbol }: FundingOrder): void {
  if (!options.instruments.some((each) => each.symbol === symbol))
    throw new Refusal(404, `${options.exchange} has no market ${symbol}`);
  const read = parseDecimal(rate);
  if (read === null) throw new Refusal(400, `rate: ${JSON.stringify(rate)} is no number`);
  exchange.fund(symbol, read);
}

function lotsOf(instrument: Parameters<typeof wholeLots>[0], quantity: string): number {
  const lots = parseDecimal(quantity) === null ? null : wholeLots(instrument, decimal(quantity));
  if (lots === null) throw new Refusal(400, `quantity: ${quantity} is no multiple of ${instrument.lotSize}`);
  return lots;
}
