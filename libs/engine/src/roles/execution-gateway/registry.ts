import { topicOf, type AuditEntry, type AuditMessage } from '@bowline/contracts';
import {
  allRegistered,
  decideRegistry,
  EXTERNAL,
  holdersOf,
  reconcile,
  refusalText,
  registrationsFrom,
  type ExchangePosition,
  type ExchangeSnapshot,
  type FillEvidence,
  type OwnershipEntry,
  type Registry,
  type RegistryCommand,
  type RegistryEvent,
  type RegistryRefusal,
} from '@bowline/domain';
import type { ExchangeReport } from '@bowline/ports';
import type { AdoptedShare, OwnedOrder } from './ownership.js';
import type { GatewayOrder, GatewayState } from './state.js';
import type { GatewayStep } from './step.js';

/** Within one millisecond nobody can say what was first: the list, or the fill. */
const GRACE_MS = 1;
/** Who confirms a merge that adds up, where no person has to. */
const ROLE = 'execution-gateway';

/** A line of the exchange's log of orders: a fill of ours registers its position, or closes what its owner has. */
export function onActivity(
  step: GatewayStep,
  { at, id: _, symbol: __, type: ___, ...said }: Extract<ExchangeReport, { type: 'activity' }>,
): void {
  const { activityId, externalReference, filledQty, status } = said;
  const { orders } = step.state.ownership;
  const order = externalReference === null ? undefined : orders.get(externalReference);
  const isFill = status === 'fill' || status === 'final_fill';
  if (order === undefined || !isFill || order.lines.has(activityId)) return;
  const { positionId } = said;
  const logged = { type: 'fill_logged', activityId, clientOrderId: order.externalReference } as const;
  if (order.opens) {
    step.emit({ ...logged, filledQty, positionId });
    const { commands } = registrationsFrom([order], [{ ...said, at }], at);
    for (const command of commands) change(step, order.symbol, command, order);
  } else {
    const quantity = order.side === 'BUY' ? filledQty : -filledQty;
    const { orderId } = said;
    const closing = { kind: 'fill', tradeId: activityId, orderId, externalReference, quantity, at } as const;
    step.emit({ ...logged, filledQty, positionId, closing });
  }
  matchCloses(step, order.symbol, true);
}

/** What the exchange lists in a symbol: compared with who owns what, as soon as the log has told all fills of ours. */
export function onPositions(
  step: GatewayStep,
  { at: asOf, items, lastActivityId, missing, symbol }: Extract<ExchangeReport, { type: 'positions' }>,
): void {
  // Only now: a line that came by the stream says nothing of those before it.
  if (lastActivityId !== null && lastActivityId !== step.state.ownership.activityId)
    step.emit({ type: 'log_told', upTo: lastActivityId });
  const isTold = [...step.state.ownership.orders.values()].every(
    (order) => order.symbol !== symbol || order.tradedQty === order.loggedQty,
  );
  // What a fill has done to them is known only then.
  if (!isTold) return;
  const positions = items.map(({ positionId, signedQty: quantity }) => ({ positionId, symbol, quantity }));
  const snapshot: ExchangeSnapshot =
    missing === null ? { complete: true, asOf, positions } : { complete: false, reason: missing };
  matchCloses(step, symbol, false);
  followMerges(step, symbol, snapshot);
  const { at } = step;
  change(step, symbol, { kind: 'clean_up', snapshot, owner: null, graceMs: GRACE_MS, at }, null);
  if (snapshot.complete) {
    const { filled, registry } = step.state.ownership;
    const foreign = positions.filter(
      ({ positionId }) => !filled.has(positionId) || holdersOf(registry, positionId).length > 0,
    );
    change(step, symbol, { kind: 'observe', snapshot: { ...snapshot, positions: foreign }, at }, null);
    forgetGone(step, symbol, positions);
  }
  adopt(step, symbol);
}

/** What was EXTERNAL's is a strategy's: as its channel has booked it, so the registry does, once it has seen it. */
export function onAdopted(step: GatewayStep, share: AdoptedShare): void {
  if (step.setup.capabilities.positionIds !== true) return;
  step.emit({ type: 'adoption_told', ...share });
  const { symbol } = share;
  step.request({ type: 'query_position', symbol, ...sinceOf(step.state, symbol), at: step.at });
}

/** From where on trades and lines of the log are asked for. */
export function sinceOf({ lastTradeIds, ownership }: GatewayState, symbol: string) {
  const afterTradeId = lastTradeIds.get(symbol) ?? 0;
  const { activityId } = ownership;
  return { afterTradeId, ...(activityId === null ? {} : { afterActivityId: activityId }) };
}

/** Where the owner's quantity is held that an order is to close; absent: it opens, or that is not known yet. */
export function closesOf(
  { ownership }: GatewayState,
  { channel, key, strategyId }: Pick<GatewayOrder, 'channel' | 'key' | 'strategyId'>,
): { readonly closes?: string } {
  if (key.leg === 'e' || ownership.registry.entries.size === 0) return {};
  const { strategyPositionId } = key;
  const [first] = heldBy(ownership.registry, channel.symbol, strategyId, strategyPositionId);
  return first === undefined ? {} : { closes: first.heldIn };
}

/** The owner's entries for one strategy position, oldest first. */
function heldBy(registry: Registry, symbol: string, owner: string, strategyId: string): OwnershipEntry[] {
  return allRegistered(registry)
    .filter((entry) => entry.owner === owner && entry.strategyId === strategyId && entry.symbol === symbol)
    .sort((a, b) => a.registeredAt - b.registeredAt);
}

/**
 * A closing fill takes from what its own owner holds, in whatever position the exchange has booked it: ownership is by
 * fill, and an exchange that closes the oldest first closes another's.
 *
 * @param isWhole only where the owner holds all of it: the log may still have to tell of more
 */
function matchCloses(step: GatewayStep, symbol: string, isWhole: boolean): void {
  for (const order of step.state.ownership.orders.values()) {
    if (order.symbol !== symbol) continue;
    for (const fill of [...order.unmatched]) matchClose(step, order, fill, isWhole);
  }
}

function matchClose(step: GatewayStep, order: OwnedOrder, fill: FillEvidence, isWhole: boolean): void {
  const { externalReference: clientOrderId, owner, strategyId, symbol } = order;
  const { at, tradeId: activityId } = fill;
  const closed = heldBy(step.state.ownership.registry, symbol, owner, strategyId).filter(
    ({ quantity }) => quantity > 0 !== fill.quantity > 0,
  );
  let held = 0;
  for (const { quantity } of closed) held += Math.abs(quantity);
  let left = Math.abs(fill.quantity);
  if (isWhole && held < left) return;
  for (const { positionId, quantity: share } of closed) {
    const lots = Math.min(left, Math.abs(share));
    if (lots === 0) break;
    left -= lots;
    const quantity = Math.sign(fill.quantity) * lots;
    change(
      step,
      symbol,
      { kind: 'record_fills', positionId, owner, fills: [{ ...fill, quantity }], at },
      order,
    );
  }
  step.emit({ type: 'close_matched', clientOrderId, activityId });
}

/**
 * Positions that are held under another id now. Nobody's share changes by that, so no person has to say so where it is
 * the only thing that differs in the symbol: all fills are known, and add up to what is listed.
 */
function followMerges(step: GatewayStep, symbol: string, snapshot: ExchangeSnapshot): void {
  const found = reconcile(within(step.state.ownership.registry, symbol), snapshot, GRACE_MS);
  if (found.kind === 'incomplete') return;
  const { drift, mergeCandidates, orphans, tooNew, unregistered } = found;
  if (drift.length + orphans.length + tooNew.length + unregistered.length > 0) return;
  for (const { into, vanished } of mergeCandidates) {
    const reason = `the fills add up to what is held in ${into}`;
    const command = { kind: 'confirm_merge', vanished, into, snapshot, operator: ROLE, reason } as const;
    change(step, symbol, { ...command, at: step.at }, null);
  }
}

/** Positions of the symbol that fills of ours went into, and that are listed no more. */
function forgetGone(step: GatewayStep, symbol: string, listed: readonly ExchangePosition[]): void {
  const ids = new Set(listed.map(({ positionId }) => positionId));
  const { filled } = step.state.ownership;
  const positionIds = [...filled].filter(([id, of]) => of === symbol && !ids.has(id)).map(([id]) => id);
  if (positionIds.length > 0) step.emit({ type: 'positions_gone', positionIds });
}

/** Whole positions of EXTERNAL's, oldest first, as far as they were adopted; of the rest EXTERNAL stays the owner. */
function adopt(step: GatewayStep, symbol: string): void {
  const adoptions = step.state.ownership.adoptions.filter((share) => share.symbol === symbol);
  if (adoptions.length === 0) return;
  for (const { by: operator, reason, signedQty, strategyId: owner, strategyPositionId } of adoptions) {
    let left = signedQty;
    for (const { positionId, quantity } of heldBy(
      step.state.ownership.registry,
      symbol,
      EXTERNAL,
      EXTERNAL,
    )) {
      const isWanted = quantity > 0 === left > 0 && Math.abs(quantity) <= Math.abs(left);
      if (left === 0 || !isWanted) continue;
      left -= quantity;
      const seen = { positionId, symbol, quantity };
      const command = { kind: 'adopt', seen, owner, strategyId: strategyPositionId } as const;
      change(step, symbol, { ...command, operator, reason, at: step.at }, null);
    }
  }
  step.emit({ type: 'adoptions_done', symbol });
}

/**
 * Decides a command and takes what it leads to; a refusal is told.
 *
 * @param order whose fill it is about; null: none's
 */
function change(step: GatewayStep, symbol: string, command: RegistryCommand, order: OwnedOrder | null): void {
  const { registry } = step.state.ownership;
  // What the exchange lists is the list of one symbol.
  const decision = decideRegistry(order === null ? within(registry, symbol) : registry, command);
  if (decision.kind === 'refused') return tellRefusal(step, symbol, decision.refusal, order);
  const { events } = decision;
  if (events.length === 0) return;
  step.emit({ type: 'registry_changed', events });
  const alerts = events.flatMap((event) => alertOf(step, registry, event));
  if (alerts.length > 0) audit(step, alerts);
}

/** What the exchange has shown that nobody here has done. */
function alertOf(step: GatewayStep, registry: Registry, event: RegistryEvent): AuditEntry[] {
  const isGone = event.type === 'position_unregistered' && event.cause === 'orphan';
  const entry = isGone
    ? registry.entries.get(event.positionId)!
    : event.type === 'position_registered'
      ? event.entry
      : null;
  if (entry === null || (!isGone && entry.owner !== EXTERNAL)) return [];
  const { owner, quantity, strategyId, symbol } = entry;
  const code = isGone ? 'POSITION_GONE' : 'POSITION_UNREGISTERED';
  const strategyPositionId = owner === EXTERNAL ? null : strategyId;
  const alert = { type: 'alert', code, exchange: step.setup.exchange, symbol, strategyPositionId } as const;
  return [{ ...alert, leg: null, quantity: Math.abs(quantity), at: step.at }];
}

function tellRefusal(
  step: GatewayStep,
  symbol: string,
  refusal: RegistryRefusal,
  order: OwnedOrder | null,
): void {
  // An answer that was not complete proves nothing, and the next one is asked for anyway.
  if (refusal.code === 'QUERY_INCOMPLETE') return;
  const { exchange } = step.setup;
  const intentId = order?.externalReference ?? symbol;
  const strategyId = order?.owner ?? EXTERNAL;
  const { code } = refusal;
  const text = refusalText(refusal);
  audit(step, [{ type: 'intent_denied', intentId, strategyId, exchange, symbol, code, text, at: step.at }]);
}

function audit(step: GatewayStep, entries: AuditEntry[]): void {
  const { clientId, exchange } = step.setup;
  const body: AuditMessage = { clientId, entries };
  step.say({ topic: topicOf('audit', clientId), key: `${clientId}.${exchange}`, body });
}

/** The registry of one symbol. */
function within(registry: Registry, symbol: string): Registry {
  const entries = [...registry.entries].filter(([, entry]) => entry.symbol === symbol);
  return { ...registry, entries: new Map(entries) };
}
