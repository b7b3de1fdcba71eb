import { describe, expect, it } from '@jest/globals';
import {
  applyExecution,
  applyOrderCommand,
  createOrder,
  isTerminalStatus,
  statusReport,
  tradeReport,
  ExecutionFlag,
  ORDER_COMMANDS,
  ORDER_REPORTS,
  ORDER_STATUSES,
  ORDER_TRANSITIONS,
  type OrderCommand,
  type OrderEventType,
  type OrderReport,
  type OrderState,
  type OrderStatus,
} from './index.js';

const COLUMNS: readonly OrderEventType[] = [...ORDER_COMMANDS, ...ORDER_REPORTS];

/** One order of 10 lots per status, reached the way it is reached in life. */
const REACHED: Readonly<Record<OrderStatus, () => OrderState>> = {
  initialized: () => createOrder(10),
  denied: () => commanded(createOrder(10), 'deny'),
  pending_new: () => commanded(createOrder(10), 'submit'),
  new: () => reported(REACHED.pending_new(), 'accept'),
  partially_filled: () => traded(REACHED.new(), 4),
  pending_cancel: () => commanded(REACHED.new(), 'cancel_request'),
  pending_replace: () => commanded(REACHED.new(), 'replace_request', 8),
  unknown: () => commanded(REACHED.pending_new(), 'lose'),
  filled: () => traded(REACHED.new(), 10),
  canceled: () => reported(REACHED.new(), 'cancel'),
  rejected: () => reported(REACHED.pending_new(), 'reject'),
  expired: () => reported(REACHED.new(), 'expire'),
};

describe('the order state machine', () => {
  it('is this table', () => {
    const short: Record<string, string> = {
      initialized: 'init',
      pending_new: 'sent',
      partially_filled: 'part',
      pending_cancel: 'p-can',
      pending_replace: 'p-rep',
      unknown: 'unkn',
      canceled: 'cancd',
      rejected: 'rejd',
      expired: 'expd',
      working: 'work',
      ignored: '-',
      illegal: '!',
    };
    const cell = (name: string): string => (short[name] ?? name).padEnd(6);
    const rows = ORDER_STATUSES.map(
      (status) =>
        cell(status) + '|' + COLUMNS.map((event) => ' ' + cell(ORDER_TRANSITIONS[status][event])).join(''),
    );
    expect(rows.map((row) => row.trimEnd())).toEqual(
      //      submit deny   cancel replac lose   absent|accept partia fill   c-rej  cancel replac r-rej  restat reject expire
      [
        'init  | sent   denied p-can  !      unkn   -      work   work   work   -      cancd  work   -      same   rejd   expd',
        'sent  | !      !      p-can  !      unkn   !      work   work   work   -      cancd  work   -      same   rejd   expd',
        'new   | !      !      p-can  p-rep  unkn   !      -      work   work   -      cancd  work   -      work   rejd   expd',
        'part  | !      !      p-can  p-rep  unkn   !      -      work   work   -      cancd  work   -      work   rejd   expd',
        'p-can | !      !      -      !      unkn   !      -      same   filled work   cancd  same   same   same   rejd   expd',
        'p-rep | !      !      p-can  !      unkn   !      -      same   filled -      cancd  work   work   same   rejd   expd',
        'unkn  | !      !      same   !      -      gone   work   same   filled same   cancd  work   same   same   rejd   expd',
        'denied| !      !      -      -      -      -      -      same   same   -      -      -      -      -      -      -',
        'filled| !      !      -      -      -      -      -      same   same   -      -      -      -      -      -      -',
        'cancd | !      !      -      -      -      -      -      same   same   -      -      -      -      -      -      -',
        'rejd  | !      !      -      -      -      -      -      same   same   -      -      -      -      -      -      -',
        'expd  | !      !      -      -      -      -      -      same   same   -      -      -      -      -      -      -',
      ],
    );
  });

  it('reaches every status', () => {
    expect(ORDER_STATUSES.map((status) => REACHED[status]().status)).toEqual([...ORDER_STATUSES]);
  });

  const pairs = ORDER_STATUSES.flatMap((status) => COLUMNS.map((event) => ({ status, event })));
  it.each(pairs)('$status + $event goes where the table says', ({ status, event }) => {
    const order = REACHED[status]();
    const before = { ...order };
    const transition = ORDER_TRANSITIONS[status][event];
    const outcome = drive(order, event);
    switch (transition) {
      case 'illegal':
      case 'ignored':
        expect(outcome).toBe(transition);
        expect(order).toEqual(before);
        break;
      case 'same':
        expect(order.status).toBe(status);
        break;
      case 'gone':
        expect(order.status).toBe('rejected');
        break;
      case 'working':
        expect(order.status).toBe(workingAfter(status, event));
        break;
      default:
        expect(order.status).toBe(transition);
    }
    if (isTerminalStatus(status)) expect(order.status).toBe(status);
  });
});

/** The order of 10 is open: all filled, in part, or not at all. */
function workingAfter(status: OrderStatus, event: OrderEventType): OrderStatus {
  if (event === 'fill') return 'filled';
  return event === 'partial_fill' || status === 'partially_filled' ? 'partially_filled' : 'new';
}

/** Applies the event through the functions that callers use. */
function drive(order: OrderState, event: OrderEventType): 'applied' | 'ignored' | 'illegal' {
  if (isCommand(event)) return applyOrderCommand(order, event, 12);
  if (event === 'partial_fill') return outcome(order, 1);
  if (event === 'fill') return outcome(order, Math.max(1, 10 - order.cumQty));
  return applyExecution(order, statusReport(event)).applied ? 'applied' : 'ignored';
}

function outcome(order: OrderState, quantity: number): 'applied' | 'ignored' {
  return applyExecution(order, tradeReport('last', quantity, 100)).applied ? 'applied' : 'ignored';
}

function isCommand(event: OrderEventType): event is OrderCommand {
  return (ORDER_COMMANDS as readonly string[]).includes(event);
}

function commanded(order: OrderState, command: OrderCommand, quantity?: number): OrderState {
  expect(applyOrderCommand(order, command, quantity)).toBe('applied');
  return order;
}

function reported(order: OrderState, report: Exclude<OrderReport, 'partial_fill' | 'fill'>): OrderState {
  expect(applyExecution(order, statusReport(report))).toMatchObject({ applied: true, flags: 0 });
  return order;
}

function traded(order: OrderState, quantity: number): OrderState {
  expect(applyExecution(order, tradeReport('first', quantity, 100)).flags & ExecutionFlag.DUPLICATE).toBe(0);
  return order;
}
