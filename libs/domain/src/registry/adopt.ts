import { DUST, EXTERNAL } from '../position/attribution/index.js';
import type { AdoptPosition, RegistryEvent } from './commands.js';
import type { Evidence, Registry } from './entry.js';
import type { Outcome } from './outcome.js';
import { holdersOf } from './queries.js';
import { invalid } from './validate.js';

/**
 * Gives what no strategy owns of a position to an owner: EXTERNAL's position, one that was never registered, or
 * the part beyond what the same owner has registered. What the person was shown is kept as evidence.
 */
export function adoptPosition(registry: Registry, command: AdoptPosition): Outcome {
  const { seen, owner, strategyId, operator, reason, at } = command;
  const { positionId, symbol } = seen;
  if (owner === EXTERNAL || owner === DUST) return { code: 'RESERVED_OWNER', owner };
  const holders = holdersOf(registry, positionId);
  const stranger = holders.find((holder) => holder.owner !== owner && holder.owner !== EXTERNAL);
  if (stranger) return { code: 'OWNED_BY_ANOTHER', positionId, owner: stranger.owner };
  const entry = registry.entries.get(positionId);
  if (entry && entry.heldIn !== positionId) {
    return invalid(
      'seen.positionId',
      `position ${positionId} was merged into ${entry.heldIn}: adopt that one`,
    );
  }
  if (entry && entry.symbol !== symbol) {
    return {
      code: 'REGISTERED_DIFFERENTLY',
      positionId,
      field: 'symbol',
      registered: entry.symbol,
      requested: symbol,
    };
  }

  let held = 0;
  for (const { quantity } of holders) held += quantity;
  const external = entry?.owner === EXTERNAL;
  if (external && held !== seen.quantity) {
    return { code: 'CHANGED_SINCE_SEEN', positionId, seen: seen.quantity, actual: held };
  }
  if (entry && !external && entry.strategyId !== strategyId) {
    return {
      code: 'REGISTERED_DIFFERENTLY',
      positionId,
      field: 'strategyId',
      registered: entry.strategyId,
      requested: strategyId,
    };
  }
  const given = external ? entry.quantity : seen.quantity - held;
  if (given === 0) return [];
  const quantity = external ? given : given + (entry?.quantity ?? 0);
  if (quantity === 0 || quantity > 0 !== seen.quantity > 0) {
    return invalid(
      'seen.quantity',
      `would leave the owner ${quantity} lots of a position of ${seen.quantity}`,
    );
  }

  const evidence: Evidence = { kind: 'adopted', operator, reason, quantity: given, at };
  if (entry) {
    const metadata = command.metadata ?? entry.metadata;
    return [{ type: 'position_adopted', positionId, owner, strategyId, quantity, metadata, evidence, at }];
  }
  const registered: RegistryEvent = {
    type: 'position_registered',
    entry: {
      positionId,
      heldIn: positionId,
      symbol,
      owner,
      strategyId,
      quantity,
      registeredAt: at,
      updatedAt: at,
      metadata: command.metadata ?? {},
      evidence: [{ kind: 'observed', quantity: seen.quantity, at }, evidence],
    },
    at,
  };
  return [registered];
}
