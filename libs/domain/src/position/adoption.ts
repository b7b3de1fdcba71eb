import { priceToTicks, roundPriceDown, wholeLots, type Instrument } from '../instrument/index.js';
import { isUnprotectable } from '../oco/modes.js';
import { legPrices, NO_PLAN, type LegPlan, type ProtectionPlan } from '../oco/protection.js';
import { anchorLegs } from '../oco/settle-protection.js';
import { signOf, tickLots, type Decimal, type Lots, type Ticks } from '../primitives/index.js';
import type { AdoptionRefusal } from './adoption-refusal.js';
import type { Adoption } from './channel-events.js';
import type { ChannelState, StrategyPosition } from './channel-state.js';
import { hasOppositeOwner } from './open.js';
import { settle } from './settle.js';
import { emit, type Step } from './step.js';

/**
 * Gives a strategy what is EXTERNAL, at the entry price that an operator vouches for, and protects it as any other
 * position: a new one, or the one that the strategy has on that side. In the books EXTERNAL sells it to the strategy at
 * that price: the strategy's result counts from there, and what EXTERNAL has paid for it, more or less, stays EXTERNAL's,
 * of which no cash is kept. The exchange position does not change, and protection reduces risk, so this is allowed while
 * the channel is REDUCING or HALTED.
 */
export function onAdoption(step: Step, input: Adoption): void {
  const { state } = step;
  const { adoptionId, at, by, reason, side, strategyId } = input;
  const held = state.current.get(strategyId);
  const terms = termsOf(state.instrument, input, held);
  const code = typeof terms === 'string' ? terms : refusal(state, input, terms, held);
  if (typeof terms === 'string' || code !== null) {
    return emit(step, { type: 'adoption_refused', adoptionId, strategyId, code: code!, at });
  }
  const { plan, price, quantity } = terms;
  if (held === undefined) {
    const strategyPositionId = `${strategyId}-${(state.sequence.get(strategyId) ?? 0) + 1}`;
    // No signal has acted on any price.
    const referencePrice = 0;
    const { protection } = state;
    emit(step, {
      ...{ type: 'position_opened', strategyPositionId, strategyId, side, plan },
      ...{ referencePrice, protection, at },
    });
  } else if (input.takeProfit !== null || input.stopLoss !== null) {
    emit(step, { type: 'plan_changed', strategyPositionId: held.id, plan, at });
  }
  const position = state.current.get(strategyId)!;
  const signedQty = signOf(side) * quantity;
  emit(step, { type: 'share_adopted', strategyPositionId: position.id, signedQty, price, by, reason, at });
  anchorLegs(step, position, at);
  settle(step, position, at);
}

interface AdoptionTerms {
  readonly quantity: Lots;
  readonly price: Ticks;
  /** Of the position with what it is given. */
  readonly plan: ProtectionPlan;
}

/** What was typed, in the instrument's units. */
function termsOf(
  instrument: Instrument,
  input: Adoption,
  held: StrategyPosition | undefined,
): AdoptionTerms | AdoptionRefusal {
  const quantity = wholeLots(instrument, input.quantity);
  if (quantity === null || quantity <= 0) return 'QUANTITY_NOT_LOTS';
  const price = tradable(instrument, input.price);
  const before = held?.plan ?? NO_PLAN;
  const takeProfit = legOf(instrument, input.takeProfit, before.takeProfit);
  const stopLoss = legOf(instrument, input.stopLoss, before.stopLoss);
  if (price === null || takeProfit === 'off tick' || stopLoss === 'off tick') return 'PRICE_NOT_TICKS';
  return { quantity, price, plan: { ...before, takeProfit, stopLoss } };
}

function legOf(
  instrument: Instrument,
  typed: Decimal | null,
  before: LegPlan | null,
): LegPlan | null | 'off tick' {
  if (typed === null) return before;
  const price = tradable(instrument, typed);
  return price === null ? 'off tick' : { kind: 'price', price };
}

/** The price in ticks; null where no order could have it. */
function tradable(instrument: Instrument, price: Decimal): Ticks | null {
  const ticks = priceToTicks(instrument, price);
  return ticks !== null && ticks > 0 && roundPriceDown(instrument, ticks) === ticks ? ticks : null;
}

function refusal(
  state: ChannelState,
  { side }: Adoption,
  { plan, price, quantity }: AdoptionTerms,
  held: StrategyPosition | undefined,
): AdoptionRefusal | null {
  const { external, frozen, instrument } = state;
  if (frozen) return 'CHANNEL_FROZEN';
  if (external * signOf(side) < quantity) return 'NOT_EXTERNAL';
  if (held !== undefined && (held.side !== side || held.closing !== null)) return 'POSITION_CONFLICT';
  if (hasOppositeOwner(state, side)) return 'OPPOSITE_OWNER';
  if (isUnprotectable(state, plan)) return 'PROTECTION_UNAVAILABLE';
  const value = (held?.share.cost ?? 0n) + tickLots(price, quantity);
  const lots = Math.abs(held?.share.quantity ?? 0) + quantity;
  const { stopLoss, takeProfit } = legPrices(instrument, side, plan, value, lots);
  // Both could fill at once. Where they lie to the entry price says nothing: the market may be far from it by now.
  const crossed = takeProfit !== null && stopLoss !== null && (takeProfit - stopLoss) * signOf(side) <= 0;
  return crossed ? 'LEGS_CROSSED' : null;
}
