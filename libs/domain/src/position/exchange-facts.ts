import { signOf } from '../primitives/index.js';
import { allocateForcedClose, allocateFunding, compareToExchange } from './attribution/index.js';
import type { ExchangePositionReport, ExternalFill, ForcedClose, FundingCharged } from './channel-events.js';
import type { ChannelState, StrategyPosition } from './channel-state.js';
import { onTradingState, startClose } from './intents.js';
import { emit, type Step } from './step.js';

/**
 * Traded by hand: EXTERNAL, never absorbed by a strategy. Where legs are reduceOnly the exchange may shrink or drop
 * them with the position that the trade has changed: protection is affected, and the channel halts.
 */
export function onExternalFill(step: Step, input: ExternalFill): void {
  const { at, signedQty, tradeId } = input;
  const { state } = step;
  if (state.tradeIds.has(tradeId)) return;
  emit(step, { type: 'external_changed', signedQty, tradeId, at });
  const quantity = Math.abs(signedQty);
  emit(step, { type: 'alert', code: 'EXTERNAL_TRADE', strategyPositionId: null, leg: null, quantity, at });
  if (state.reduceOnly && state.positions.size > 0 && state.tradingState !== 'HALTED') {
    onTradingState(step, { type: 'trading_state', tradingState: 'HALTED', at });
  }
}

/** Liquidation or auto-deleveraging: shared pro rata by the owners of that side, whose strategies stop here. */
export function onForcedClose(step: Step, input: ForcedClose): void {
  const { state } = step;
  const { at, price, side } = input;
  if (state.tradeIds.has(input.tradeId)) return;
  emit(step, { type: 'trade_noted', tradeId: input.tradeId, at });
  const { closes, unallocated } = allocateForcedClose(sharesOf(state), side, input.quantity);
  const losers = closes.filter(({ quantity }) => quantity > 0);
  let left = input.quantity;
  let feeLeft = input.fee;
  for (const { owner, quantity } of losers) {
    const fee = left === quantity ? feeLeft : (input.fee * BigInt(quantity)) / BigInt(input.quantity);
    left -= quantity;
    feeLeft -= fee;
    emit(step, {
      type: 'share_closed',
      strategyPositionId: owner,
      quantity,
      price,
      fee,
      reason: 'liquidation',
      at,
    });
  }
  // More was taken than the strategies own on that side: it was somebody else's.
  if (unallocated > 0)
    emit(step, { type: 'external_changed', signedQty: -signOf(side) * unallocated, tradeId: null, at });
  emit(step, {
    type: 'alert',
    code: 'FORCED_CLOSE',
    strategyPositionId: null,
    leg: null,
    quantity: input.quantity,
    at,
  });
  for (const { owner } of losers) {
    const position = state.positions.get(owner);
    if (position !== undefined) startClose(step, position, 'liquidation', at);
  }
}

/** Funding by signed share at the instant; what the exchange's own rounding leaves goes to DUST. */
export function onFunding(step: Step, input: FundingCharged): void {
  const { at, price } = input;
  const rate = { units: input.rateUnits, scale: input.rateScale };
  const { amounts, dust } = allocateFunding(
    sharesOf(step.state),
    price,
    rate,
    step.state.instrument,
    step.state.hedgeMode,
  );
  for (const { owner, amount } of amounts) {
    if (amount !== 0n) emit(step, { type: 'funding_booked', strategyPositionId: owner, amount, at });
  }
  if (dust !== 0n) emit(step, { type: 'dust_cash_booked', amount: dust, at });
}

/** Compares once the last trade of the report has been booked here; a difference freezes increases until it is gone. */
export function onPositionReport(step: Step, input: ExchangePositionReport): void {
  const { state } = step;
  if (input.lastTradeId !== null && !state.tradeIds.has(input.lastTradeId)) return;
  const { dust, external } = state;
  const compared = compareToExchange({ shares: sharesOf(state), external, dust, reported: input.signedQty });
  if (compared.kind === 'equal') {
    if (state.frozen) emit(step, { type: 'increases_resumed', at: input.at });
    return;
  }
  if (state.frozen) return;
  const { difference } = compared;
  emit(step, { type: 'increases_frozen', difference, at: input.at });
  emit(step, {
    type: 'alert',
    code: 'DRIFT',
    strategyPositionId: null,
    leg: null,
    quantity: Math.abs(difference),
    at: input.at,
  });
}

function sharesOf(state: ChannelState): { readonly owner: string; readonly signedLots: number }[] {
  const shares = (position: StrategyPosition) => ({
    owner: position.id,
    signedLots: position.share.quantity,
  });
  return [...state.positions.values()].filter(({ share }) => share.quantity !== 0).map(shares);
}
