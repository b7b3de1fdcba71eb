import { compareCodePoints, type Lots, type Side, type TimeMs } from '../primitives/index.js';
import type { RegisterPosition } from './commands.js';
import type { FillEvidence, Metadata } from './entry.js';

/** The longest client-defined reference that Saxo takes (its ExternalReference). */
export const MAX_EXTERNAL_REFERENCE = 50;

/**
 * What is wrong with a reference; null where it can be sent. A long one is refused and never cut: two that differ
 * only in their ends would become one, and with it two owners.
 */
export function externalReferenceProblem(reference: string): string | null {
  if (reference === '')
    return 'the external reference is empty: the fill could not be attributed to its owner';
  const { length } = [...reference];
  if (length <= MAX_EXTERNAL_REFERENCE) return null;
  return `the external reference has ${length} characters, at most ${MAX_EXTERNAL_REFERENCE} are allowed: ${reference}`;
}

/** An opening order that an owner placed, known by the reference that it carries. */
export interface PlacedOrder {
  readonly externalReference: string;
  readonly owner: string;
  readonly strategyId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly metadata?: Metadata;
}

/** One line of the exchange's log of an order. Positions do not carry the reference; these lines link the two. */
export interface OrderActivity {
  readonly activityId: string;
  readonly orderId: string;
  readonly externalReference: string | null;
  readonly status:
    | 'placed'
    | 'working'
    | 'fill'
    | 'final_fill'
    | 'changed'
    | 'canceled'
    | 'rejected'
    | 'expired'
    | 'done_for_day';
  /** The position that a fill opened or added to; null where the line tells none. */
  readonly positionId: string | null;
  /** Lots of this line's fill, above 0; 0 for other lines. */
  readonly filledQty: Lots;
  readonly at: TimeMs;
}

/** Registrations that the activities prove, and fills that they leave unexplained. */
export interface ActivityRegistrations {
  readonly commands: readonly RegisterPosition[];
  /** Fills of orders that are not ours, or without a position: EXTERNAL, until somebody shows more. */
  readonly unmatched: readonly OrderActivity[];
}

/**
 * Follows order -> activity -> position: every fill that carries one of our references registers the position that
 * it names to the order's owner. Repeated lines count once, and the whole log may be given again: a registry takes
 * from it only what it does not know yet.
 * @param at the time of the commands
 */
export function registrationsFrom(
  placed: readonly PlacedOrder[],
  activities: readonly OrderActivity[],
  at: TimeMs,
): ActivityRegistrations {
  const orders = new Map(placed.map((order) => [order.externalReference, order]));
  const commands = new Map<string, RegisterPosition & { fills: FillEvidence[] }>();
  const unmatched: OrderActivity[] = [];
  const seen = new Set<string>();
  const inTime = [...activities].sort((a, b) => a.at - b.at || compareCodePoints(a.activityId, b.activityId));
  for (const activity of inTime) {
    const { activityId, orderId, externalReference, status, positionId, filledQty } = activity;
    if ((status !== 'fill' && status !== 'final_fill') || seen.has(activityId)) continue;
    seen.add(activityId);
    const order = externalReference === null ? undefined : orders.get(externalReference);
    if (!order || positionId === null) {
      unmatched.push(activity);
      continue;
    }
    const { owner, strategyId, symbol, side, metadata } = order;
    const fill: FillEvidence = {
      kind: 'fill',
      tradeId: activityId,
      orderId,
      externalReference,
      quantity: side === 'BUY' ? filledQty : -filledQty,
      at: activity.at,
    };
    const key = JSON.stringify([positionId, owner, strategyId]);
    const command = commands.get(key);
    if (command) command.fills.push(fill);
    else {
      const first = { kind: 'register' as const, positionId, symbol, owner, strategyId, fills: [fill], at };
      commands.set(key, metadata ? { ...first, metadata } : first);
    }
  }
  return { commands: [...commands.values()], unmatched };
}
