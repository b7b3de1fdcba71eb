import type {
  ChannelInput,
  CloseReason,
  Lots,
  OpenIntent,
  PositionSide,
  RejectReason,
  Ticks,
} from '@bowline/domain';
import type { Step } from '../channel-harness.js';
import type { ExchangeOrder, Request } from './exchange-order.js';
import { anOpen } from './setup.js';

type Leg = 'e' | 't' | 's' | 'x';

/** Any input, at the time that it is now. */
export function input(make: (at: number) => ChannelInput): Step {
  return (channel) => {
    channel.take(make(channel.tick()));
  };
}

/** The open intent; the exchange has not heard of it yet. */
export function opens(
  strategyId: string,
  side: PositionSide,
  quantity: Lots,
  changes: Partial<OpenIntent> = {},
): Step {
  return input((at) => anOpen(strategyId, side, quantity, { at, ...changes }));
}

/** An open position: filled at `price`, its legs working. */
export function entered(
  strategyId: string,
  side: PositionSide,
  quantity: Lots,
  price: Ticks = 100,
  changes: Partial<OpenIntent> = {},
): Step {
  return (channel) => {
    channel.exchange.price = price;
    opens(strategyId, side, quantity, changes)(channel);
    channel.settle();
  };
}

export function closes(strategyId: string, reason: CloseReason = 'signal'): Step {
  return input((at) => ({ type: 'close', intentId: `${strategyId}:close`, strategyId, reason, at }));
}

export function reverses(
  strategyId: string,
  side: PositionSide,
  quantity: Lots,
  changes: Partial<OpenIntent> = {},
): Step {
  return input((at) => {
    const open = anOpen(strategyId, side, quantity, { at, ...changes });
    return { type: 'reverse', intentId: `${strategyId}:reverse`, strategyId, open, at };
  });
}

/** The exchange answers everything and is heard. */
export const settles: Step = (channel) => channel.settle();

/** The exchange has acknowledged an order. */
export const accepts = (id: string, leg: Leg): Step =>
  told((order, { exchange }) => exchange.accept(order), id, leg);

/** Fills part of a leg's newest order, or what is left of it, at its own price unless told otherwise. */
export const fills = (id: string, leg: Leg, quantity?: Lots, price?: Ticks, feeBaseLots?: Lots): Step =>
  told((order, { exchange }) => exchange.fill(order, quantity, price, feeBaseLots), id, leg);

export const rejects = (id: string, leg: Leg, reason?: RejectReason): Step =>
  told((order, { exchange }) => exchange.reject(order, reason), id, leg);

/** Canceled: because it was asked to, or by somebody else. */
export const cancels = (id: string, leg: Leg, reason?: RejectReason): Step =>
  told(
    (order, { exchange }) => {
      const request = exchange.requests.find((asked) => asked.kind === 'cancel' && asked.order === order);
      if (request) exchange.answer(request);
      else exchange.cancel(order, reason);
    },
    id,
    leg,
  );

export const expires = (id: string, leg: Leg, reason?: RejectReason): Step =>
  told((order, { exchange }) => exchange.expire(order, reason), id, leg);

export const restates = (id: string, leg: Leg, orderQty: Lots): Step =>
  told((order, { exchange }) => exchange.restate(order, orderQty), id, leg);

/** Finds out what became of an order, and tells it. */
export const queries = (id: string, leg: Leg): Step =>
  told((order, { exchange }) => exchange.query(order), id, leg);

/** The exchange answers what was asked of a leg: a new order, a cancel, a replace. */
export const answers = (id: string, leg: Leg, kind: Request['kind']): Step =>
  asked(kind, (request, { exchange }) => exchange.answer(request), id, leg);

export const refuses = (id: string, leg: Leg, kind: Request['kind'], reason?: RejectReason): Step =>
  asked(kind, (request, { exchange }) => exchange.refuse(request, reason), id, leg);

/** The answer is lost. `took`: the request was executed all the same. */
export const loses = (id: string, leg: Leg, kind: Request['kind'], took: boolean): Step =>
  asked(kind, (request, { exchange }) => exchange.lose(request, took), id, leg);

/** Does something at the exchange without its being heard: the reports wait for `hears`. */
export function unheard(...steps: readonly Step[]): Step {
  return (channel) => {
    channel.hears = false;
    for (const step of steps) step(channel);
    channel.hears = true;
  };
}

/** The reports that wait are heard, in the order of the given places; all of them without places. */
export function hears(...places: readonly number[]): Step {
  return (channel) => {
    const waiting = [...channel.exchange.outbox];
    for (const place of places) channel.deliver(channel.exchange.outbox.indexOf(waiting[place]!));
    if (places.length === 0) channel.deliverAll();
  };
}

function told(act: (order: ExchangeOrder, channel: Parameters<Step>[0]) => void, id: string, leg: Leg): Step {
  return (channel) => {
    act(channel.exchange.newest(id, leg), channel);
    channel.deliverAll();
  };
}

function asked(
  kind: Request['kind'],
  act: (request: Request, channel: Parameters<Step>[0]) => void,
  id: string,
  leg: Leg,
): Step {
  return (channel) => {
    const request = channel.exchange.requests.find(
      ({ kind: of, order: { terms } }) =>
        of === kind && terms.key.strategyPositionId === id && terms.key.leg === leg,
    );
    if (!request) throw new Error(`nobody asked for ${kind} of ${id} ${leg}`);
    act(request, channel);
    channel.deliverAll();
  };
}
