import type { TimeMs } from '@bowline/domain';
import type { AccountCharge, CarriedOut, ExecutionReport } from '@bowline/exchange-simulator';
import { averageText, cashText, priceText, quantityText } from '../common/decimal-text.js';
import type { UserEvent } from '../common/user-streams.js';
import type { Books } from './books.js';
import {
  algoQuantity,
  algoStatus,
  goodTillDateOf,
  orderStatusText,
  origType,
  timeInForceText,
  typeInBook,
  workingTypeText,
} from './order-json.js';
import { isOver, type OrderRecord } from './order-records.js';
import { amountText, breakEvenText, entryText, positionFigures, sidesOf } from './position-json.js';

/** An event, and whose it is. */
export interface AccountEvent {
  readonly account: string;
  readonly event: UserEvent;
}

/** What accounts that somebody listens to are told of what has happened, in the order in which Binance tells it. */
export function eventsOf(
  books: Books,
  { at, charges, command, reports }: CarriedOut,
  records: readonly (OrderRecord | null)[],
  isHeard: (account: string) => boolean,
): readonly AccountEvent[] {
  const events: AccountEvent[] = [];
  const updated = new Set<string>();
  reports.forEach((report, index) => {
    const record = records[index];
    if (record === null || record === undefined || !isHeard(report.account)) return;
    const tell = (event: UserEvent): number => events.push({ account: report.account, event });
    if (report.execType === 'TRADE' && !updated.has(`${report.account} ${report.symbol}`)) {
      updated.add(`${report.account} ${report.symbol}`);
      tell(accountUpdate(books, report.account, at, 'ORDER', changedSides(reports, report)));
    }
    for (const event of eventsOfReport(books, report, record)) tell(event);
  });
  for (const charge of charges) events.push({ account: charge.account, event: charged(books, charge) });
  if (command.kind === 'leverage')
    events.push(configured(command.account, at, { ac: { s: command.symbol, l: command.leverage } }));
  if (command.kind === 'marginType') {
    const { account, symbol } = command;
    const changed = { symbol, sides: sidesOf(books, account) };
    events.push({ account, event: accountUpdate(books, account, at, 'MARGIN_TYPE_CHANGE', changed) });
  }
  return events;
}

function eventsOfReport(books: Books, report: ExecutionReport, record: OrderRecord): readonly UserEvent[] {
  const algo = (status = algoStatus(record)): UserEvent => algoUpdate(books, report.time, record, status);
  const order = (): UserEvent => orderUpdate(books, report, record);
  switch (report.execType) {
    case 'NEW':
      return [record.algoId === null ? order() : algo('NEW')];
    case 'TRIGGERED':
      return record.isOrder ? [algo('TRIGGERING'), order(), algo('TRIGGERED')] : [algo('TRIGGERING'), algo()];
    case 'TRADE':
      return [tradeLite(books, report), order(), ...finished(report, record, algo)];
    case 'REPLACED':
      return [order()];
    case 'CANCELED':
    case 'EXPIRED':
      if (record.algoId === null) return [order()];
      if (record.triggeredTime === null) return [algo()];
      return record.isOrder ? [order(), ...finished(report, record, algo)] : [];
    // Binance lowers what closes too much without a word.
    case 'RESTATED':
    case 'REJECTED':
      return [];
  }
}

function finished(report: ExecutionReport, record: OrderRecord, algo: () => UserEvent): readonly UserEvent[] {
  return record.algoId !== null && isOver({ status: report.orderStatus }) ? [algo()] : [];
}

const EXECUTION_TYPES = {
  NEW: 'NEW',
  TRADE: 'TRADE',
  CANCELED: 'CANCELED',
  REPLACED: 'AMENDMENT',
  EXPIRED: 'EXPIRED',
  // The order that a triggered one has become is new.
  TRIGGERED: 'NEW',
  RESTATED: 'NEW',
  REJECTED: 'EXPIRED',
} as const;

function orderUpdate(books: Books, report: ExecutionReport, record: OrderRecord): UserEvent {
  const { instrument } = books.listed(report.symbol);
  const qty = (lots: number): string => quantityText(instrument, lots);
  const isTrade = report.execType === 'TRADE';
  const isForced = report.forced !== null;
  const exposure = books.exchange
    .openOrders(report.account, report.symbol)
    .filter((open) => !open.conditional && open.price !== null);
  const notional = (side: 'BUY' | 'SELL'): string =>
    cashText(
      exposure
        .filter((open) => open.side === side)
        .reduce((sum, open) => sum + BigInt(open.price ?? 0) * BigInt(open.leavesQty), 0n) *
        instrument.tickLotCash,
    );
  return {
    e: 'ORDER_TRADE_UPDATE',
    T: report.time,
    E: report.time,
    o: {
      s: report.symbol,
      c: report.clientOrderId,
      S: record.side,
      o: typeInBook(record),
      f: timeInForceText(record),
      q: qty(report.orderQty),
      p: priceText(instrument, report.price),
      ap: averageText(instrument, report.cumValue, report.cumQty),
      sp: priceText(instrument, record.stopPrice),
      x: isTrade && isForced ? 'CALCULATED' : EXECUTION_TYPES[report.execType],
      X: orderStatusText({ ...record, status: report.orderStatus, expireReason: report.expireReason }),
      i: report.orderId,
      l: qty(report.lastQty),
      z: qty(report.cumQty),
      L: priceText(instrument, report.lastPx),
      ...(isTrade && { N: instrument.settle, n: cashText(report.fee) }),
      T: report.time,
      t: report.tradeId ?? 0,
      b: notional('BUY'),
      a: notional('SELL'),
      m: report.liquidity === 'MAKER',
      R: record.reduceOnly,
      wt: workingTypeText(record),
      ot: origType(record),
      ps: record.positionSide,
      cp: record.closePosition,
      pP: record.remarks['priceProtect'] === true,
      ...(record.algoId !== null && { st: 'ALGO_CONDITION' }),
      si: record.algoId ?? 0,
      ss: 0,
      rp: cashText(report.realizedPnl),
      V: record.selfTradePrevention,
      pm: 'NONE',
      gtd: goodTillDateOf(record),
      er: '0',
    },
  };
}

function tradeLite(books: Books, report: ExecutionReport): UserEvent {
  const { instrument } = books.listed(report.symbol);
  return {
    e: 'TRADE_LITE',
    E: report.time,
    T: report.time,
    s: report.symbol,
    q: quantityText(instrument, report.orderQty),
    p: priceText(instrument, report.price),
    m: report.liquidity === 'MAKER',
    c: report.clientOrderId,
    S: report.side,
    L: priceText(instrument, report.lastPx),
    l: quantityText(instrument, report.lastQty),
    t: report.tradeId,
    i: report.orderId,
  };
}

function algoUpdate(books: Books, time: TimeMs, record: OrderRecord, status: string): UserEvent {
  const { instrument } = books.listed(record.symbol);
  const isOrder = record.isOrder && status !== 'TRIGGERING' && status !== 'NEW';
  return {
    e: 'ALGO_UPDATE',
    T: time,
    E: time,
    o: {
      caid: record.clientOrderId,
      aid: record.algoId,
      at: 'CONDITIONAL',
      o: origType(record),
      s: record.symbol,
      S: record.side,
      ps: record.positionSide,
      f: timeInForceText(record),
      q: algoQuantity(instrument, record),
      X: status,
      ai: isOrder ? String(record.orderId) : '',
      ap: averageText(instrument, isOrder ? record.cumValue : 0n, isOrder ? record.cumQty : 0),
      aq: quantityText(instrument, isOrder ? record.cumQty : 0),
      act: isOrder ? typeInBook(record) : '0',
      tp: priceText(instrument, record.stopPrice),
      p: priceText(instrument, record.price),
      V: record.selfTradePrevention,
      wt: workingTypeText(record),
      pm: 'NONE',
      cp: record.closePosition,
      pP: record.remarks['priceProtect'] === true,
      R: record.reduceOnly,
      tt: record.triggeredTime ?? 0,
      gtd: goodTillDateOf(record),
      rm: reasonText(record, status),
    },
  };
}

function reasonText({ expireReason }: OrderRecord, status: string): string {
  if (status !== 'REJECTED' && status !== 'EXPIRED') return '';
  if (expireReason === 'INSUFFICIENT_MARGIN') return 'Margin is insufficient';
  return expireReason === 'REDUCE_ONLY' ? 'Reduce Only reject' : '';
}

/** @param sides those of the symbol that have changed; null: only the balance has */
export function accountUpdate(
  books: Books,
  account: string,
  at: TimeMs,
  reason: string,
  changed: { readonly symbol: string; readonly sides: readonly ExecutionReport['positionSide'][] },
): UserEvent {
  const listed = books.listed(changed.symbol);
  const { settle, symbol } = listed.instrument;
  const balance = cashText(books.exchange.balances(account).get(settle) ?? 0n);
  return {
    e: 'ACCOUNT_UPDATE',
    T: at,
    E: at,
    a: {
      m: reason,
      B: [{ a: settle, wb: balance, cw: balance, bc: '0' }],
      P: changed.sides.map((side) => {
        const figures = positionFigures(books, account, listed, side);
        return {
          s: symbol,
          pa: amountText(figures),
          ep: entryText(figures),
          bep: breakEvenText(books, account, figures),
          cr: cashText(books.accounts.position(account, symbol, side).accumulated),
          up: cashText(figures.unrealized),
          mt: books.exchange.settingsOf(account).isIsolated(symbol) ? 'isolated' : 'cross',
          iw: '0',
          ps: side,
          ma: settle,
        };
      }),
    },
  };
}

function changedSides(reports: readonly ExecutionReport[], { account, symbol }: ExecutionReport) {
  const traded = reports.filter(
    (each) => each.execType === 'TRADE' && each.account === account && each.symbol === symbol,
  );
  return { symbol, sides: [...new Set(traded.map(({ positionSide }) => positionSide))] };
}

/** With a cross position the balance alone is told; the change of it is the charge. */
function charged(books: Books, { account, amount, kind, symbol, time }: AccountCharge): UserEvent {
  const reason = kind === 'FUNDING' ? 'FUNDING_FEE' : kind;
  const { a, ...event } = accountUpdate(books, account, time, reason, { symbol, sides: [] }) as UserEvent & {
    readonly a: { readonly B: readonly Readonly<Record<string, string>>[] };
  };
  return { ...event, a: { ...a, B: a.B.map((row) => ({ ...row, bc: cashText(amount) })) } };
}

function configured(account: string, at: TimeMs, what: Readonly<Record<string, unknown>>): AccountEvent {
  return { account, event: { e: 'ACCOUNT_CONFIG_UPDATE', T: at, E: at, ...what } };
}
