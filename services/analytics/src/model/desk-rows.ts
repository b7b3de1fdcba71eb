import type { AccountMessage, LiveRow, SharesView } from '@bowline/contracts';
import { formatCash, priceText, quantityText, type Instrument, type TimeMs } from '@bowline/domain';
import type { BarClosed } from '@bowline/ports';
import type { KnownAccount, KnownChannel } from './known-desk.js';

export type ChannelRow = LiveRow<'channels'>;
export type AccountRow = LiveRow<'accounts'>;

/** A channel as configured, before it has said anything. */
export function newChannelRow({
  clientId,
  exchange,
  hedgeMode,
  instrument,
  symbol,
}: KnownChannel): ChannelRow {
  return {
    clientId,
    exchange,
    symbol,
    ...instrumentFields(instrument),
    hedgeMode,
    tradingState: 'ACTIVE',
    frozen: false,
    sumOfShares: '0',
    external: '0',
    dust: '0',
    exchangeQuantity: null,
    exchangeAt: null,
    difference: '0',
    comparisons: 0,
    differences: 0,
    updatedAt: null,
  };
}

/** What the configuration says of a channel, on top of what it was before the restart. */
export function configuredChannelRow(channel: KnownChannel, before: ChannelRow | undefined): ChannelRow {
  if (before === undefined) return newChannelRow(channel);
  return { ...before, ...instrumentFields(channel.instrument), hedgeMode: channel.hedgeMode };
}

export function toldChannelRow(
  before: ChannelRow,
  instrument: Instrument,
  shares: SharesView,
  at: TimeMs,
): ChannelRow {
  const lots = (quantity: number): string => quantityText(instrument, quantity);
  const { difference, exchangeAt, exchangeQty } = shares;
  const compared = exchangeAt !== null && exchangeAt !== before.exchangeAt;
  return {
    ...before,
    tradingState: shares.tradingState,
    frozen: shares.frozen,
    sumOfShares: lots(shares.sumOfShares),
    external: lots(shares.external),
    dust: lots(shares.dust),
    exchangeQuantity: exchangeQty === null ? null : lots(exchangeQty),
    exchangeAt,
    difference: lots(difference),
    comparisons: before.comparisons + (compared ? 1 : 0),
    differences: before.differences + (compared && difference !== 0 ? 1 : 0),
    updatedAt: at,
  };
}

export function configuredAccountRow(account: KnownAccount, before: AccountRow | undefined): AccountRow {
  const { asset, clientId, exchange, startingBalance } = account;
  const configured = startingBalance === null ? null : formatCash(startingBalance);
  // What returns were measured on so far stays: another figure would make history another one.
  if (before !== undefined) return { ...before, startingBalance: before.startingBalance ?? configured };
  return {
    clientId,
    exchange,
    asset,
    startingBalance: configured,
    balance: null,
    openOrders: 0,
    unknownOrders: 0,
    updatedAt: null,
  };
}

export function toldAccountRow(message: AccountMessage, before: AccountRow | undefined): AccountRow {
  const { asset, at, clientId, exchange, openOrders, unknownOrders } = message;
  const balance = message.balance === null ? null : formatCash(message.balance);
  return {
    clientId,
    exchange,
    asset,
    startingBalance: before?.startingBalance ?? balance,
    balance: balance ?? before?.balance ?? null,
    openOrders,
    unknownOrders,
    updatedAt: at,
  };
}

export function barRow(instrument: Instrument, bar: BarClosed): LiveRow<'bars'> {
  const { exchange, intervalMs, openTime, symbol } = bar;
  return {
    exchange,
    symbol,
    openTime,
    intervalMs,
    open: priceText(instrument, bar.open),
    high: priceText(instrument, bar.high),
    low: priceText(instrument, bar.low),
    close: priceText(instrument, bar.close),
  };
}

function instrumentFields(instrument: Instrument) {
  const { expiryMs, tickTable } = instrument;
  return {
    kind: instrument.kind,
    base: instrument.base,
    quote: instrument.quote,
    settle: instrument.settle,
    multiplier: instrument.multiplier,
    inverse: instrument.inverse,
    tickSize: instrument.tickSize,
    lotSize: instrument.lotSize,
    minNotional: instrument.minNotional,
    tickTable: tickTable === undefined ? null : JSON.stringify(tickTable),
    expiry: expiryMs ?? null,
    strike: instrument.strike ?? null,
    right: instrument.right ?? null,
  };
}
