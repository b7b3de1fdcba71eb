import type { ExchangeRequest } from '@bowline/ports';
import type { Answer } from '../ccxt/session.js';
import type { CcxtExchange, Params } from '../ccxt/shape.js';
import { order as orderSchema, orders as ordersSchema, type Order } from '../parse/account.js';
import type { ExchangeProfile } from '../profiles.js';
import { ask, sentId, tradedOf, type AccountContext, type Failure } from './context.js';

/**
 * Where an order was found:
 * - `book`: an order of the book, placed there or triggered
 * - `conditional`: a stop of a list of their own that is not in the book (any more); `bookId`: what it has become
 * - `absent`: no list has it
 */
export type Found =
  | { readonly kind: 'book'; readonly order: Order }
  | { readonly kind: 'conditional'; readonly order: Order; readonly bookId: string | null }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly failure: Failure };

type Asked = ExchangeRequest['type'];

/** Looks for an order of ours in all lists; in that first where it should be. */
export async function findOrder(
  context: AccountContext,
  asked: Asked,
  symbol: string,
  clientOrderId: string,
): Promise<Found> {
  if (context.profile.conditional === null) return findInBook(context, asked, symbol, clientOrderId);
  const isConditional = context.known.get(clientOrderId)?.isConditional === true;
  const ways = [findInBook, findConditional];
  for (const way of isConditional ? ways.reverse() : ways) {
    const found = await way(context, asked, symbol, clientOrderId);
    if (found.kind !== 'absent') return found;
  }
  return { kind: 'absent' };
}

/** An order of the book, by the exchange's own id. */
export async function findById(
  context: AccountContext,
  asked: Asked,
  symbol: string,
  orderId: string,
): Promise<Found> {
  const { market } = tradedOf(context, symbol);
  if (context.profile.find === 'lists')
    return inLists(context, asked, market, {}, ({ id }) => id === orderId);
  return found(
    await ask(context, asked, `order ${orderId} of ${symbol}`, orderSchema, (exchange) =>
      exchange.fetchOrder(orderId, market, {}),
    ),
  );
}

async function findInBook(
  context: AccountContext,
  asked: Asked,
  symbol: string,
  clientOrderId: string,
): Promise<Found> {
  const { profile } = context;
  const { market } = tradedOf(context, symbol);
  const id = sentId(context, clientOrderId);
  if (profile.find === 'lists')
    return inLists(context, asked, market, profile.byClientOrderId(id), (each) => each.clientOrderId === id);
  return found(
    await ask(context, asked, `order ${clientOrderId}`, orderSchema, (exchange) =>
      exchange.fetchOrder(undefined, market, profile.byClientOrderId(id)),
    ),
  );
}

async function findConditional(
  context: AccountContext,
  asked: Asked,
  symbol: string,
  clientOrderId: string,
): Promise<Found> {
  const { known, profile } = context;
  const { market } = tradedOf(context, symbol);
  const params = {
    ...profile.byClientOrderId(sentId(context, clientOrderId)),
    ...profile.conditional?.params,
  };
  const answer = await ask(context, asked, `stop ${clientOrderId}`, orderSchema, (exchange) =>
    exchange.fetchOrder(undefined, market, params),
  );
  if (answer.kind !== 'ok') return found(answer);
  const order = answer.value;
  const bookId = idOf(profile.conditional?.bookId(order.info));
  if (bookId === null) return { kind: 'conditional', order, bookId };
  known.link(known.heard(symbol, clientOrderId, true), bookId);
  const triggered = await findById(context, asked, symbol, bookId);
  return triggered.kind === 'absent' ? { kind: 'conditional', order, bookId } : triggered;
}

/** An id of the exchange that may not be there yet: absent, empty, or 0. */
export function idOf(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  return /^0?$/.test(String(value)) ? null : String(value);
}

/** What an order of the book is called there, in what the exchange says of it or of its trades: ccxt may call it by its stop. */
export function bookIdOf(
  { conditional }: Pick<ExchangeProfile, 'conditional'>,
  info: Order['info'],
): string | null {
  return conditional === null || conditional.isStop(info) ? null : idOf(conditional.bookId(info));
}

const LISTS = [
  'fetchOpenOrders',
  'fetchCanceledAndClosedOrders',
  'fetchClosedOrders',
  'fetchCanceledOrders',
] as const;

/** One that is neither open nor over may have gone from one to the other between two looks: the open ones come again. */
async function inLists(
  context: AccountContext,
  asked: Asked,
  market: string,
  params: Params,
  isIt: (order: Order) => boolean,
): Promise<Found> {
  for (const list of [...listsOf(context.session.exchange), 'fetchOpenOrders'] as const) {
    const answer = await ask(context, asked, `the orders of ${market}`, ordersSchema, (exchange) =>
      exchange[list](market, undefined, undefined, params),
    );
    if (answer.kind !== 'ok') return { kind: 'failed', failure: answer };
    const order = answer.value.find(isIt);
    if (order !== undefined) return { kind: 'book', order };
  }
  return { kind: 'absent' };
}

/** The lists of a exchange that together have every order. */
export function listsOf({ has }: Pick<CcxtExchange, 'has'>): readonly (typeof LISTS)[number][] {
  const all = LISTS.filter((list) => has[list] === true);
  return all.includes('fetchCanceledAndClosedOrders')
    ? ['fetchOpenOrders', 'fetchCanceledAndClosedOrders']
    : all;
}

function found(answer: Answer<Order>): Found {
  if (answer.kind === 'ok') return { kind: 'book', order: answer.value };
  return answer.kind === 'refused' && answer.meaning === 'not_found'
    ? { kind: 'absent' }
    : { kind: 'failed', failure: answer };
}
