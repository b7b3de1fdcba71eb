import { priceToTicks, roundPriceDown, wholeLots, type Instrument } from '../instrument/index.js';
import type { LegPlan, ProtectionPlan } from '../oco/protection.js';
import { anchorLegs } from '../oco/settle-protection.js';
import { signOf, type Decimal, type Lots, type PositionSide, type Ticks } from '../primitives/index.js';
import type { AdoptionRefusal } from './adoption-refusal.js';
import type { Adoption } from './channel-events.js';
import type { ChannelState, StrategyPosition } from './channel-state.js';
import { settle } from './settle.js';
import { emit, type Step } from './step.js';

/**
 * Gives a strategy what is EXTERNAL, at the entry price that an operator vouches for, and protects it as any other
 * position. In the books EXTERNAL sells it to the strategy at that price: the strategy's result counts from there, and
 * what EXTERNAL has paid for it, more or less, stays EXTERNAL's, of which no cash is kept. The exchange position does not
 * change, and protection reduces risk, so this is allowed while the channel is REDUCING or HALTED.
 */
export function onAdoption(step: Step, input: Adoption): void {
  const { state } = step;
  const { adoptionId, at, by, reason, side, strategyId } = input;
  const terms = termsOf(state.instrument, input);
  const code = typeof terms === 'string' ? terms : refusal(state, input, terms.quantity);
  if (typeof terms === 'string' || code !== null) {
    return emit(step, { type: 'adoption_refused', adoptionId, strategyId, code: code!, at });
  }
  const { price, quantity } = terms;
  const position = receiver(step, input, terms);
  const signedQty = signOf(side) * quantity;
  emit(step, { type: 'share_adopted', strategyPositionId: position.id, signedQty, price, by, reason, at });
  anchorLegs(step, position, at);
  settle(step, position, at);
}

interface AdoptionTerms {
  readonly quantity: Lots;
  readonly price: Ticks;
  readonly takeProfit: LegPlan | null;
  readonly stopLoss: LegPlan | null;
}

/** What was typed, in the instrument's units. */
function termsOf(instrument: Instrument, input: Adoption): AdoptionTerms | AdoptionRefusal {
  const quantity = wholeLots(instrument, input.quantity);
  if (quantity === null || quantity <= 0) return 'QUANTITY_NOT_LOTS';
  const price = tradable(instrument, input.price);
  const takeProfit = input.takeProfit && tradable(instrument, input.takeProfit);
  const stopLoss = input.stopLoss && tradable(instrument, input.stopLoss);
  const isMissing = (leg: Ticks | null, typed: Decimal | null) => leg === null && typed !== null;
  if (price === null || isMissing(takeProfit, input.takeProfit) || isMissing(stopLoss, input.stopLoss)) {
    return 'PRICE_NOT_TICKS';
  }
  if (areCrossed(input.side, takeProfit, stopLoss)) return 'LEGS_CROSSED';
  return { quantity, price, takeProfit: legAt(takeProfit), stopLoss: legAt(stopLoss) };
}

/** The price in ticks; null where no order could have it. */
function tradable(instrument: Instrument, price: Decimal): Ticks | null {
  const ticks = priceToTicks(instrument, price);
  return ticks !== null && ticks > 0 && roundPriceDown(instrument, ticks) === ticks ? ticks : null;
}

function legAt(price: Ticks | null): LegPlan | null {
  return price === null ? null : { kind: 'price', price };
}

/** Both could fill at once. Where they lie to the entry price says nothing: what is adopted may be far from it by now. */
function areCrossed(side: PositionSide, takeProfit: Ticks | null, stopLoss: Ticks | null): boolean {
  return takeProfit !== null && stopLoss !== null && (takeProfit - stopLoss) * signOf(side) <= 0;
}

function refusal(
  state: ChannelState,
  { side, strategyId }: Adoption,
  quantity: Lots,
): AdoptionRefusal | null {
  if (state.frozen) return 'CHANNEL_FROZEN';
  if (state.external * signOf(side) < quantity) return 'NOT_EXTERNAL';
  const held = state.current.get(strategyId);
  return held !== undefined && (held.side !== side || held.closing !== null) ? 'POSITION_CONFLICT' : null;
}

/** The position that the lots go to: the one that the strategy has, or a new one. */
function receiver(step: Step, input: Adoption, { stopLoss, takeProfit }: AdoptionTerms): StrategyPosition {
  const { state } = step;
  const { at, side, strategyId } = input;
  const held = state.current.get(strategyId);
  if (held === undefined) {
    const strategyPositionId = `${strategyId}-${(state.sequence.get(strategyId) ?? 0) + 1}`;
    const plan: ProtectionPlan = { ...ONLY_LEGS, takeProfit, stopLoss };
    // No signal has acted on any price.
    const referencePrice = 0;
    emit(step, { type: 'position_opened', strategyPositionId, strategyId, side, plan, referencePrice, at });
  } else if (takeProfit !== null || stopLoss !== null) {
    const { plan: before } = held;
    const legs = { takeProfit: takeProfit ?? before.takeProfit, stopLoss: stopLoss ?? before.stopLoss };
    emit(step, { type: 'plan_changed', strategyPositionId: held.id, plan: { ...before, ...legs }, at });
  }
  return state.current.get(strategyId)!;
}

const ONLY_LEGS = { volatility: null, trailingStop: null, breakEven: null, timeExitMs: null } as const;
