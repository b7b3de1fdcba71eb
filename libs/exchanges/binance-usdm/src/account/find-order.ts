import type { Failure } from '@bowline/exchange-binance-common';
import { algoOrder, order as orderSchema, type AlgoOrder, type Order } from '../parse/rest.js';
import type { AccountContext } from './context.js';

/**
 * Where an order was found:
 * - `book`: an order of the book, placed there or triggered
 * - `algo`: a conditional order that is not in the book (any more)
 * - `absent`: no list has it
 */
export type Found =
  | { readonly kind: 'book'; readonly order: Order }
  | { readonly kind: 'algo'; readonly algo: AlgoOrder }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Looks for an order of ours in both lists; in that first where it should be. */
export async function findOrder(
  context: AccountContext,
  symbol: string,
  clientOrderId: string,
): Promise<Found> {
  const isAlgo = context.known.get(clientOrderId)?.isAlgo === true;
  const first = isAlgo
    ? await findAlgo(context, symbol, clientOrderId)
    : await findInBook(context, symbol, { origClientOrderId: clientOrderId });
  if (first.kind !== 'absent') return first;
  return isAlgo
    ? findInBook(context, symbol, { origClientOrderId: clientOrderId })
    : findAlgo(context, symbol, clientOrderId);
}

async function findAlgo(context: AccountContext, symbol: string, clientAlgoId: string): Promise<Found> {
  const { known, rest } = context;
  const answer = await rest.signed('GET', '/fapi/v1/algoOrder', algoOrder, { symbol, clientAlgoId });
  if (answer.kind !== 'ok') return missing(answer);
  const algo = answer.value;
  if (algo.actualOrderId === null) return { kind: 'algo', algo };
  known.link(known.heard(symbol, clientAlgoId, true), algo.actualOrderId);
  const triggered = await findInBook(context, symbol, { orderId: algo.actualOrderId });
  return triggered.kind === 'absent' ? { kind: 'algo', algo } : triggered;
}

async function findInBook(
  { rest }: AccountContext,
  symbol: string,
  by: { readonly origClientOrderId: string } | { readonly orderId: string },
): Promise<Found> {
  const answer = await rest.signed('GET', '/fapi/v1/order', orderSchema, { symbol, ...by });
  return answer.kind === 'ok' ? { kind: 'book', order: answer.value } : missing(answer);
}

function missing(failure: Failure): Found {
  return failure.kind === 'refused' && failure.meaning === 'not_in_list'
    ? { kind: 'absent' }
    : { kind: 'failed', failure };
}
