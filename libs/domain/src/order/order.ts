import type { Lots, TickLots } from '../primitives/index.js';
import { isTerminalStatus, type OrderCommand, type OrderStatus } from './status.js';
import { ORDER_TRANSITIONS, type OrderTransition } from './transitions.js';

/** The exchange's id of a trade, unique within the account. One account uses one kind: texts, or numbers. */
export type TradeId = string | number;

/**
 * One order, by what we asked and what the exchange reported. The functions of this folder fold into it in place,
 * because the historical loop folds five reports a trade; whoever holds the state owns it. `copyOrder` where an
 * earlier state must survive.
 */
export interface OrderState {
  status: OrderStatus;
  orderQty: Lots;
  /** Sum of the distinct fills. */
  cumQty: Lots;
  /** Sum of price x quantity of these fills. */
  cumValue: TickLots;
  /** The highest cumQty that the exchange itself has told. */
  reportedCumQty: Lots;
  /** The quantity that an unanswered replace asks for; 0: none. */
  replaceQty: Lots;
  /** A cancel is wanted. Stays true when one was refused or lost; `pending_cancel` says that one is on its way. */
  cancelRequested: boolean;
  cancelAttempts: number;
  cancelRejects: number;
  /** More was filled than ordered. Accepted, because it is the exchange's word, and never unsaid. */
  overfilled: boolean;
  /** The part of cumQty that came after a terminal report. */
  lateQty: Lots;
  /** Grows with every change of this state. */
  version: number;
  /** The highest version among the exchange's reports; -1: none carried one. */
  reportVersion: number;
  /** Trades already counted, in order of arrival. */
  tradeIds: TradeId[];
}

/** Shared by all orders without a fill, so it must stay empty: `rememberTrade` replaces it. */
const NO_TRADES: TradeId[] = [];

/** An order whose intent is journaled and of which nothing was sent. */
export function createOrder(orderQty: Lots): OrderState {
  if (!(Number.isSafeInteger(orderQty) && orderQty > 0)) {
    throw new RangeError(`orderQty must be a whole number of lots above 0, got ${orderQty}`);
  }
  return {
    status: 'initialized',
    orderQty,
    cumQty: 0,
    cumValue: 0n,
    reportedCumQty: 0,
    replaceQty: 0,
    cancelRequested: false,
    cancelAttempts: 0,
    cancelRejects: 0,
    overfilled: false,
    lateQty: 0,
    version: 0,
    reportVersion: -1,
    tradeIds: NO_TRADES,
  };
}

/** A state of its own. */
export function copyOrder(order: OrderState): OrderState {
  return { ...order, tradeIds: order.tradeIds.length === 0 ? NO_TRADES : order.tradeIds.slice() };
}

/**
 * Folds what we do, or come to know, into the order, in place. `illegal` is a mistake of the caller (sending
 * twice, amending what is not acknowledged) and changes nothing; `ignored` is a lost race and changes nothing.
 * @param replaceQty only for `replace_request`: the new orderQty that is asked for, lots above 0
 */
export function applyOrderCommand(
  order: OrderState,
  command: OrderCommand,
  replaceQty: Lots = 0,
): 'applied' | 'ignored' | 'illegal' {
  const transition = ORDER_TRANSITIONS[order.status][command];
  if (transition === 'illegal' || transition === 'ignored') return transition;
  if (command === 'replace_request') {
    if (!(Number.isSafeInteger(replaceQty) && replaceQty > 0)) {
      throw new RangeError(`replace_request needs a quantity in whole lots above 0, got ${replaceQty}`);
    }
    order.replaceQty = replaceQty;
  } else if (command === 'cancel_request') {
    order.cancelRequested = true;
    order.cancelAttempts += 1;
  }
  moveOrder(order, transition);
  order.version += 1;
  return 'applied';
}

/** Notes that a trade is counted. */
export function rememberTrade(order: OrderState, tradeId: TradeId): void {
  if (order.tradeIds.length === 0) order.tradeIds = [tradeId];
  else order.tradeIds.push(tradeId);
}

/** Sets the status that a transition of the table leads to; true where it is another one than before. */
export function moveOrder(order: OrderState, transition: OrderTransition): boolean {
  const before = order.status;
  switch (transition) {
    case 'ignored':
    case 'illegal':
      return false;
    case 'same':
      break;
    case 'working':
      order.status = workingStatus(order);
      break;
    case 'gone':
      order.status = order.cumQty > 0 ? 'canceled' : 'rejected';
      break;
    default:
      order.status = transition;
  }
  // A quantity that was reduced to what is filled already, or to nothing, leaves nothing to wait for.
  if (!isTerminalStatus(order.status) && order.cumQty >= wantedQty(order)) {
    order.status = order.cumQty > 0 ? 'filled' : 'canceled';
  }
  // The answer to the replace never came, and the fills show what it was.
  if (order.cumQty > order.orderQty && order.replaceQty > order.orderQty && isTerminalStatus(order.status)) {
    order.orderQty = order.replaceQty;
  }
  return order.status !== before;
}

/** The most that may be ordered at the exchange at this moment: an unanswered replace may have been executed. */
export function wantedQty(order: OrderState): Lots {
  return order.replaceQty > order.orderQty ? order.replaceQty : order.orderQty;
}

function workingStatus(order: OrderState): OrderStatus {
  if (order.replaceQty > 0) return 'pending_replace';
  return order.cumQty > 0 ? 'partially_filled' : 'new';
}
