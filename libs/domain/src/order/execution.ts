import { tickLots, type Lots, type Ticks } from '../primitives/index.js';
import {
  applyOrderCommand,
  copyOrder,
  moveOrder,
  rememberTrade,
  wantedQty,
  type OrderState,
  type TradeId,
} from './order.js';
import { isTerminalStatus, type OrderReport } from './status.js';
import { ORDER_TRANSITIONS } from './transitions.js';

/** What a report is about. `trade`, `partial_fill` and `fill` are one: what is left is worked out from the quantities. */
export type OrderExecType = OrderReport | 'trade' | 'lose' | 'resolve_absent';

/** What the exchange says of an order, from its stream or in answer to a query, or the gateway of a lost one. */
export interface OrderExecution {
  readonly execType: OrderExecType;
  /** Of a trade; null where the exchange gives none, then cumQty must tell repetitions apart. */
  readonly tradeId: TradeId | null;
  /** Of a trade, lots above 0; else 0. */
  readonly lastQty: Lots;
  readonly lastPx: Ticks;
  /** The exchange's own total after this report; null or absent where it does not say. */
  readonly cumQty?: Lots | null;
  /** Of accept, replace and restate: the quantity that is ordered now; null or absent where it does not say. */
  readonly orderQty?: Lots | null;
  /** Grows with every change of the order at the exchange; null or absent where it has none. */
  readonly version?: number | null;
}

/** Bits of `ExecutionResult.flags`. */
export const ExecutionFlag = {
  /** The fill came after a terminal report. It counts; the status stays final. */
  LATE: 1,
  /** This trade was counted before. */
  DUPLICATE: 2,
  /** More is filled than ordered: the legs must be resized, and somebody told. */
  OVERFILL: 4,
  /** A part of lastQty, or all of it, lies above the exchange's own cumQty and was not counted. */
  SURPLUS: 8,
  /** The report is older than what is known, or says nothing new; its status was not taken. */
  REGRESSION: 16,
  /** `resolve_absent` for an order that was not lost first: a mistake of the caller, nothing was changed. */
  ILLEGAL: 32,
} as const;

export interface ExecutionResult {
  /** The order that was passed in. */
  readonly order: OrderState;
  /** Whether anything changed. */
  readonly applied: boolean;
  /** What this report adds to cumQty, at its lastPx. */
  readonly newQty: Lots;
  /** Bits of `ExecutionFlag`. */
  readonly flags: number;
}

/**
 * Folds a report into the order, in place (see `OrderState`). Reports may be repeated, reordered, and come both
 * by stream and by query: a trade counts once by its id, and where the report carries the exchange's cumQty never
 * beyond the highest of these. A fill counts whatever the status is. Throws a RangeError on a trade that cannot
 * be counted: no whole lots above 0, or neither id nor cumQty.
 */
export function applyExecution(order: OrderState, report: OrderExecution): ExecutionResult {
  switch (report.execType) {
    case 'trade':
    case 'partial_fill':
    case 'fill':
      return applyTrade(order, report);
    case 'lose':
    case 'resolve_absent':
      return applyKnowledge(order, report, report.execType);
    default:
      return applyStatus(order, report, report.execType);
  }
}

/** As `applyExecution`, on a copy. */
export function withExecution(order: OrderState, report: OrderExecution): ExecutionResult {
  return applyExecution(copyOrder(order), report);
}

/** A trade report. */
export function tradeReport(
  tradeId: TradeId | null,
  lastQty: Lots,
  lastPx: Ticks,
  cumQty: Lots | null = null,
  version: number | null = null,
): OrderExecution {
  return { execType: 'trade', tradeId, lastQty, lastPx, cumQty, orderQty: null, version };
}

/** Any report of the exchange but a trade. */
export function statusReport(
  execType: StatusReport,
  cumQty: Lots | null = null,
  orderQty: Lots | null = null,
  version: number | null = null,
): OrderExecution {
  return { execType, tradeId: null, lastQty: 0, lastPx: 0, cumQty, orderQty, version };
}

type StatusReport = Exclude<OrderReport, 'partial_fill' | 'fill'>;

function applyTrade(order: OrderState, report: OrderExecution): ExecutionResult {
  const { tradeId, lastQty, cumQty = null } = report;
  if (!(Number.isSafeInteger(lastQty) && lastQty > 0)) {
    throw new RangeError(`trade ${tradeId}: lastQty must be a whole number of lots above 0, got ${lastQty}`);
  }
  if (tradeId === null && cumQty === null)
    throw new RangeError('a trade needs a tradeId or a cumQty to be counted once');
  const learned = learn(order, report);
  if (tradeId !== null && order.tradeIds.includes(tradeId)) {
    return result(order, learned, 0, ExecutionFlag.DUPLICATE);
  }

  // Without the exchange's total the id alone vouches for the fill: our last known total may be older than it.
  const room = cumQty === null ? lastQty : Math.max(0, order.reportedCumQty - order.cumQty);
  const newQty = lastQty < room ? lastQty : room;
  let flags = newQty < lastQty ? ExecutionFlag.SURPLUS : 0;
  if (newQty === 0) return result(order, learned, 0, flags);

  if (tradeId !== null) rememberTrade(order, tradeId);
  order.cumQty += newQty;
  order.cumValue += tickLots(report.lastPx, newQty);
  // Filled is terminal too, but what comes after it is an overfill rather than late.
  if (isTerminalStatus(order.status) && order.status !== 'filled') {
    order.lateQty += newQty;
    flags |= ExecutionFlag.LATE;
  }
  const wanted = wantedQty(order);
  if (order.cumQty > wanted) {
    order.overfilled = true;
    flags |= ExecutionFlag.OVERFILL;
  }
  moveOrder(order, ORDER_TRANSITIONS[order.status][order.cumQty >= wanted ? 'fill' : 'partial_fill']);
  return result(order, true, newQty, flags);
}

function applyStatus(order: OrderState, report: OrderExecution, execType: StatusReport): ExecutionResult {
  const { orderQty = null, version = null } = report;
  const regression = version !== null && version < order.reportVersion;
  const learned = learn(order, report);
  const transition = ORDER_TRANSITIONS[order.status][execType];
  if (regression || transition === 'ignored') return result(order, learned, 0, ExecutionFlag.REGRESSION);

  let applied = learned;
  if (execType === 'cancel_reject') {
    order.cancelRejects += 1;
    applied = true;
  } else if (execType === 'replace' || execType === 'replace_reject' || execType === 'accept') {
    // An accept that moves the order answers the replace as well: it tells what is open now.
    applied ||= order.replaceQty !== 0;
    order.replaceQty = 0;
  }
  if (orderQty !== null && (execType === 'accept' || execType === 'replace' || execType === 'restate')) {
    applied = adoptQuantity(order, orderQty) || applied;
  }
  applied = moveOrder(order, transition) || applied;
  if (!applied) return result(order, false, 0, ExecutionFlag.REGRESSION);
  // A quantity that was reduced below what is filled is an overfill from then on.
  const overfilled = order.cumQty > wantedQty(order);
  if (overfilled) order.overfilled = true;
  return result(order, true, 0, overfilled ? ExecutionFlag.OVERFILL : 0);
}

function applyKnowledge(
  order: OrderState,
  report: OrderExecution,
  command: 'lose' | 'resolve_absent',
): ExecutionResult {
  const learned = learn(order, report);
  const outcome = applyOrderCommand(order, command);
  // applyOrderCommand counts the change itself.
  if (outcome === 'applied') return { order, applied: true, newQty: 0, flags: 0 };
  return result(order, learned, 0, outcome === 'illegal' ? ExecutionFlag.ILLEGAL : ExecutionFlag.REGRESSION);
}

/** What holds whatever the report's place in time: totals and versions only grow. */
function learn(order: OrderState, report: OrderExecution): boolean {
  const { cumQty = null, version = null } = report;
  let learned = false;
  if (cumQty !== null && cumQty > order.reportedCumQty) {
    order.reportedCumQty = cumQty;
    learned = true;
  }
  if (version !== null && version > order.reportVersion) {
    order.reportVersion = version;
    learned = true;
  }
  return learned;
}

/** The exchange's quantity is the order's, also where it was reduced without a word. */
function adoptQuantity(order: OrderState, orderQty: Lots): boolean {
  if (!(Number.isSafeInteger(orderQty) && orderQty >= 0)) {
    throw new RangeError(`orderQty must be a whole number of lots, got ${orderQty}`);
  }
  if (order.orderQty === orderQty) return false;
  order.orderQty = orderQty;
  return true;
}

function result(order: OrderState, applied: boolean, newQty: Lots, flags: number): ExecutionResult {
  if (applied) order.version += 1;
  return { order, applied, newQty, flags };
}
