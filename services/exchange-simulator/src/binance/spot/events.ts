import { cash, type TimeMs } from '@bowline/domain';
import { isConditional, type CarriedOut, type ExecutionReport } from '@bowline/exchange-simulator';
import { cashText } from '../common/decimal-text.js';
import type { UserEvent } from '../common/user-streams.js';
import type { Books } from './books.js';
import {
  commissionOf,
  expiryReasonOf,
  listIdOf,
  listJson,
  quoteAmountText,
  statusText,
  timeInForceText,
} from './order-json.js';
import { isListOver, isWaiting, type ListRecord, type OrderRecord } from './order-records.js';
import { newId, typeOf } from './place.js';
import { spotPrice, spotQty } from './spot-texts.js';

/** An event, and whose it is. */
export interface AccountEvent {
  readonly account: string;
  readonly event: UserEvent;
}

/** What accounts are told of what has happened: lists that begin, their orders, lists that are over, and the balances. */
export function eventsOf(
  books: Books,
  { at, command, reports }: CarriedOut,
  records: readonly (OrderRecord | null)[],
): readonly AccountEvent[] {
  const events: AccountEvent[] = [];
  const changed = new Map<string, Set<string>>();
  const lists = new Set<ListRecord>();
  for (const record of records) if (record !== null && record.list !== null) lists.add(record.list);
  for (const list of command.kind === 'newList' ? lists : [])
    events.push({ account: list.account, event: listStatus(list, at, true) });
  reports.forEach((report, index) => {
    const record = records[index] ?? null;
    if (record === null) return;
    events.push({ account: report.account, event: executionReport(books, report, record) });
    const { base, settle } = books.listed(report.symbol).instrument;
    const assets = changed.get(report.account) ?? new Set<string>();
    changed.set(report.account, assets.add(base).add(settle));
  });
  for (const list of lists)
    if (isListOver(list)) events.push({ account: list.account, event: listStatus(list, at, false) });
  if (command.kind === 'transfer') {
    const { account, amount, asset } = command;
    events.push({
      account,
      event: { e: 'balanceUpdate', E: at, a: asset, d: cashText(cash(amount)), T: at },
    });
    changed.set(account, new Set([asset]));
  }
  for (const [account, assets] of changed)
    events.push({ account, event: accountPosition(books, account, assets, at) });
  return events;
}

const EXECUTION_TYPES = {
  NEW: 'NEW',
  TRADE: 'TRADE',
  CANCELED: 'CANCELED',
  REPLACED: 'REPLACED',
  EXPIRED: 'EXPIRED',
  // It is on the book from now on.
  TRIGGERED: 'NEW',
  RESTATED: 'NEW',
  REJECTED: 'REJECTED',
} as const;

function executionReport(books: Books, report: ExecutionReport, record: OrderRecord): UserEvent {
  const { instrument } = books.listed(report.symbol);
  const { execType, expireReason, isPending, orderStatus, time } = report;
  // The record may have gone on since: each report is of its own moment.
  const then = {
    ...{ ...record, status: orderStatus, expireReason, isPending, price: report.price },
    workingTime: hasBegun(report, record) ? record.workingTime : null,
  };
  const isTrade = execType === 'TRADE';
  const { commission, commissionAsset } = commissionOf(instrument, report);
  const expiryReason = expiryReasonOf(then);
  const expired = expiryReason === null ? {} : { eR: expiryReason };
  const isCanceled = execType === 'CANCELED';
  const lastValue = BigInt(report.lastPx ?? 0) * BigInt(report.lastQty);
  return {
    e: 'executionReport',
    E: time,
    s: report.symbol,
    c: isCanceled ? (books.cancelId ?? newId()) : report.clientOrderId,
    S: record.side,
    o: typeOf(record),
    f: timeInForceText(record),
    q: spotQty(instrument, report.orderQty),
    p: spotPrice(instrument, report.price),
    P: spotPrice(instrument, record.stopPrice),
    F: spotQty(instrument, 0),
    g: listIdOf(record),
    C: isCanceled ? report.clientOrderId : '',
    x: expireReason === 'SELF_TRADE' ? 'TRADE_PREVENTION' : EXECUTION_TYPES[execType],
    X: statusText(then),
    r: 'NONE',
    i: report.orderId,
    l: spotQty(instrument, report.lastQty),
    z: spotQty(instrument, report.cumQty),
    L: spotPrice(instrument, report.lastPx),
    n: isTrade ? commission : '0',
    N: isTrade ? commissionAsset : null,
    T: time,
    t: report.tradeId ?? -1,
    I: report.execId,
    w: isOnBook(then),
    m: report.liquidity === 'MAKER',
    M: isTrade,
    O: record.createdTime,
    Z: cashText(report.cumValue * instrument.tickLotCash),
    Y: cashText(lastValue * instrument.tickLotCash),
    Q: quoteAmountText(record),
    ...(then.workingTime !== null && { W: then.workingTime }),
    V: record.selfTradePrevention,
    ...expired,
  };
}

/** Whether a report is of an order that is, or has been, on the book by then: one that waits for its price is not when it is new. */
function hasBegun(
  { execType, isPending }: ExecutionReport,
  { orderType, workingTime }: OrderRecord,
): boolean {
  if (isPending || workingTime === null) return false;
  return execType !== 'NEW' || !isConditional(orderType);
}

function isOnBook(record: OrderRecord): boolean {
  const isOpen = record.status === 'NEW' || record.status === 'PARTIALLY_FILLED';
  return isOpen && !record.isPending && !isWaiting(record);
}

function listStatus(list: ListRecord, at: TimeMs, isNew: boolean): UserEvent {
  const { contingencyType, listOrderStatus, listStatusType, orders } = listJson(list, at, isNew) as {
    readonly orders: readonly {
      readonly symbol: string;
      readonly orderId: number;
      readonly clientOrderId: string;
    }[];
  } & Readonly<Record<string, unknown>>;
  return {
    ...{ e: 'listStatus', E: at, s: list.symbol, g: list.orderListId },
    ...{ c: contingencyType, l: listStatusType, L: listOrderStatus, r: 'NONE' },
    ...{ C: list.listClientOrderId, T: at },
    O: orders.map(({ clientOrderId, orderId, symbol }) => ({ s: symbol, i: orderId, c: clientOrderId })),
  };
}

function accountPosition(books: Books, account: string, assets: ReadonlySet<string>, at: TimeMs): UserEvent {
  const rows = books.assets(account).filter(({ asset }) => assets.has(asset));
  return {
    ...{ e: 'outboundAccountPosition', E: at, u: at },
    B: rows.map(({ asset, free, locked }) => ({ a: asset, f: cashText(free), l: cashText(locked) })),
  };
}
