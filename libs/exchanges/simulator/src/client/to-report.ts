import type { RejectReason, Side } from '@bowline/domain';
import type { ExchangeReport } from '@bowline/ports';
import type {
  ExecutionReport,
  ExpireReason,
  RejectCode,
  ReportedStatus,
  TradeReport,
} from '../matching/index.js';

/** What the exchange's report says in the words of the port; null for what these do not know. */
export function toReport(report: ExecutionReport): ExchangeReport | null {
  const { clientOrderId, execType, expireReason, rejectCode, side, symbol } = report;
  if (isTrade(report)) return tradeReport(report);
  // Of what the exchange closes by itself the trades say everything.
  if (report.forced !== null) return null;
  // What waits for another order of its list is told of once it is in force.
  if (execType === 'TRADE' || execType === 'TRIGGERED' || (execType === 'NEW' && report.isPending))
    return null;
  const { rejectedRequest } = report;
  const said = { id: `x${report.execId}`, at: report.time, symbol, clientOrderId };
  if (rejectedRequest === 'cancel' || rejectedRequest === 'amend') {
    const unknownOrder = rejectCode === 'UNKNOWN_ORDER';
    const reason = unknownOrder ? null : rejectReason(rejectCode, side);
    return { ...said, type: 'request_refused', request: rejectedRequest, unknownOrder, reason };
  }
  return {
    ...said,
    type: 'order',
    execType: EXEC_TYPES[execType],
    orderQty: report.orderQty,
    cumQty: report.cumQty,
    reason: rejectCode === null ? expiryReason(expireReason) : rejectReason(rejectCode, side),
  };
}

/** The trade as its account sees it: the same report by the stream and in answer to a query. */
export function tradeReport(report: TradeReport): ExchangeReport {
  if (report.forced !== null) return forcedClose(report);
  return {
    id: `x${report.execId}`,
    at: report.time,
    type: 'trade',
    symbol: report.symbol,
    clientOrderId: report.clientOrderId,
    tradeId: report.tradeId,
    side: report.side ?? 'BUY',
    lastQty: report.lastQty,
    lastPx: report.lastPx,
    cumQty: report.cumQty,
    fee: report.fee,
    feeBaseLots: report.feeBaseLots,
    liquidity: report.liquidity === 'MAKER' ? 'maker' : 'taker',
  };
}

function forcedClose({
  execId,
  fee,
  lastPx,
  lastQty,
  side,
  symbol,
  time,
  tradeId,
}: TradeReport): ExchangeReport {
  return {
    ...{ id: `x${execId}`, at: time, type: 'forced_close', symbol, tradeId },
    ...{ side: side === 'SELL' ? 'LONG' : 'SHORT', quantity: lastQty, price: lastPx, fee },
  };
}

export function orderStatusOf(status: ReportedStatus): Lowercase<ReportedStatus> {
  return ORDER_STATUSES[status];
}

export function isTrade(report: ExecutionReport): report is TradeReport {
  return report.execType === 'TRADE';
}

const EXEC_TYPES = {
  NEW: 'accept',
  CANCELED: 'cancel',
  REPLACED: 'replace',
  REJECTED: 'reject',
  EXPIRED: 'expire',
  RESTATED: 'restate',
} as const;

const ORDER_STATUSES = {
  NEW: 'new',
  PARTIALLY_FILLED: 'partially_filled',
  FILLED: 'filled',
  CANCELED: 'canceled',
  REJECTED: 'rejected',
  EXPIRED: 'expired',
} as const;

function rejectReason(code: RejectCode | null, side: Side | null): RejectReason {
  switch (code) {
    case 'WOULD_TRIGGER':
    case 'INSUFFICIENT_MARGIN':
      return code;
    // What is sold is what is held.
    case 'INSUFFICIENT_BALANCE':
      return side === 'SELL' ? 'POSITION_TOO_SMALL' : 'INSUFFICIENT_MARGIN';
    case 'MIN_NOTIONAL':
      return 'BELOW_MINIMUM';
    case 'REDUCE_ONLY_REJECTED':
      return 'POSITION_TOO_SMALL';
    case 'TOO_MANY_OPEN_ORDERS':
    case 'TOO_MANY_CONDITIONAL_ORDERS':
      return 'CAPACITY';
    default:
      return 'OTHER';
  }
}

function expiryReason(reason: ExpireReason | null): RejectReason | null {
  switch (reason) {
    case 'SELF_TRADE':
    case 'INSUFFICIENT_MARGIN':
    case 'WOULD_TRIGGER':
      return reason;
    case 'REDUCE_ONLY':
      return 'POSITION_TOO_SMALL';
    case 'LIQUIDATION':
    case 'NO_LIQUIDITY':
    case 'POST_ONLY':
    case 'TIME_IS_OVER':
      return 'OTHER';
    // The time in force that the order was given says it all, and so does the other order of a list.
    case 'IOC_REMAINDER':
    case 'FOK_UNFILLED':
    case 'ORDER_LIST':
    case null:
      return null;
  }
}
