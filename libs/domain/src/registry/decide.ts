import { DUST, EXTERNAL } from '../position/attribution/index.js';
import { adoptPosition } from './adopt.js';
import type {
  RecordFills,
  RegisterPosition,
  RegistryCommand,
  RegistryEvent,
  RegistryRefusal,
} from './commands.js';
import { sumOfFills, type FillEvidence, type OwnershipEntry, type Registry } from './entry.js';
import { evolveRegistryAll } from './evolve.js';
import { cleanUp, confirmMerge, observeExternal } from './from-exchange.js';
import { unregistered, type Outcome } from './outcome.js';
import { holdersOf } from './queries.js';
import { invalid, invalidField } from './validate.js';

/** What becomes of a command. Accepted without an event: it was true already. */
export type RegistryDecision =
  | { readonly kind: 'accepted'; readonly events: readonly RegistryEvent[] }
  | { readonly kind: 'refused'; readonly refusal: RegistryRefusal };

/** Decides a command against the registry. Pure: the same registry and command give the same events. */
export function decideRegistry(registry: Registry, command: RegistryCommand): RegistryDecision {
  const { expectedVersion } = command;
  if (expectedVersion !== undefined && expectedVersion !== registry.version) {
    return refused({ code: 'STALE_VERSION', expected: expectedVersion, actual: registry.version });
  }
  const problem = invalidField(command);
  if (problem) return refused(problem);
  const outcome = outcomeOf(registry, command);
  return 'code' in outcome ? refused(outcome) : { kind: 'accepted', events: outcome };
}

/** Decides and folds the commands one after the other, the way a registry with one writer works off its queue. */
export function applyAll(
  registry: Registry,
  commands: readonly RegistryCommand[],
): { readonly registry: Registry; readonly decisions: readonly RegistryDecision[] } {
  const decisions: RegistryDecision[] = [];
  let current = registry;
  for (const command of commands) {
    const decision = decideRegistry(current, command);
    decisions.push(decision);
    if (decision.kind === 'accepted') current = evolveRegistryAll(current, decision.events);
  }
  return { registry: current, decisions };
}

function outcomeOf(registry: Registry, command: RegistryCommand): Outcome {
  switch (command.kind) {
    case 'register':
      return register(registry, command);
    case 'record_fills':
      return recordFills(registry, command);
    case 'unregister': {
      const entry = registry.entries.get(command.positionId);
      if (!entry) return { code: 'NOT_REGISTERED', positionId: command.positionId };
      if (entry.owner !== command.owner) return ownedBy(entry, command.positionId);
      return [unregistered(entry, 'unregistered', null, command.at)];
    }
    case 'release': {
      const entry = registry.entries.get(command.positionId);
      if (!entry) return { code: 'NOT_REGISTERED', positionId: command.positionId };
      return [unregistered(entry, 'released', `${command.operator}: ${command.reason}`, command.at)];
    }
    case 'adopt':
      return adoptPosition(registry, command);
    case 'clean_up':
      return cleanUp(registry, command);
    case 'observe':
      return observeExternal(registry, command);
    case 'confirm_merge':
      return confirmMerge(registry, command);
  }
}

function register(registry: Registry, command: RegisterPosition): Outcome {
  const { positionId, symbol, owner, strategyId, at } = command;
  if (owner === EXTERNAL || owner === DUST) return { code: 'RESERVED_OWNER', owner };
  const entry = registry.entries.get(positionId);
  // Whoever registered the id, and whoever the exchange shows under it since a merge.
  const stranger = [...(entry ? [entry] : []), ...holdersOf(registry, positionId)].find(
    (holder) => holder.owner !== owner && holder.owner !== EXTERNAL,
  );
  if (stranger) return ownedBy(stranger, positionId);
  if (entry && entry.symbol !== symbol) return differently(entry, 'symbol', symbol);
  if (entry && entry.owner === owner) {
    if (entry.strategyId !== strategyId) return differently(entry, 'strategyId', strategyId);
    return withFills(registry, entry, command);
  }

  const fills = unattributed(registry, null, command);
  if ('code' in fills) return fills;
  // All of them were counted before, and the position has left: a repetition.
  if (fills.length === 0) return [];
  const quantity = sumOfFills(fills);
  if (quantity === 0) return invalid('fills', 'they cancel out: there is no position to register');
  const registered: RegistryEvent = {
    type: 'position_registered',
    entry: {
      positionId,
      heldIn: entry?.heldIn ?? positionId,
      symbol,
      owner,
      strategyId,
      quantity,
      registeredAt: at,
      updatedAt: at,
      metadata: command.metadata ?? {},
      evidence: [...(entry?.evidence ?? []), ...fills],
    },
    at,
  };
  return entry ? [unregistered(entry, 'claimed', null, at), registered] : [registered];
}

function recordFills(registry: Registry, command: RecordFills): Outcome {
  const entry = registry.entries.get(command.positionId);
  if (!entry) return { code: 'NOT_REGISTERED', positionId: command.positionId };
  if (entry.owner !== command.owner) return ownedBy(entry, command.positionId);
  return withFills(registry, entry, command);
}

/** Adds the fills that the entry does not know yet. */
function withFills(
  registry: Registry,
  entry: OwnershipEntry,
  command: RegisterPosition | RecordFills,
): Outcome {
  const fills = unattributed(registry, entry, command);
  if ('code' in fills) return fills;
  if (fills.length === 0) return [];
  const { positionId, quantity } = entry;
  const after = quantity + sumOfFills(fills);
  if (after !== 0 && after > 0 !== quantity > 0)
    return { code: 'FILLS_EXCEED_POSITION', positionId, quantity, after };
  const recorded: RegistryEvent = { type: 'fills_recorded', positionId, fills, at: command.at };
  return after === 0
    ? [recorded, unregistered({ ...entry, quantity: 0 }, 'closed', null, command.at)]
    : [recorded];
}

/** The fills that count anew, each trade once; a refusal where one belongs to somebody else, or tells another quantity. */
function unattributed(
  registry: Registry,
  entry: OwnershipEntry | null,
  command: RegisterPosition | RecordFills,
): readonly FillEvidence[] | RegistryRefusal {
  const { owner, positionId } = command;
  const fresh = new Map(command.fills.map((fill) => [fill.tradeId, fill]));
  for (const { tradeId } of command.fills) {
    const settled = registry.settledTrades.get(tradeId);
    if (!settled) continue;
    if (settled.owner !== owner) {
      return {
        code: 'TRADE_OWNED_BY_ANOTHER',
        tradeId,
        positionId: settled.positionIds[0]!,
        owner: settled.owner,
      };
    }
    if (settled.positionIds.includes(positionId)) fresh.delete(tradeId);
  }
  for (const other of registry.entries.values()) {
    for (const known of other.evidence) {
      const fill = known.kind === 'fill' ? fresh.get(known.tradeId) : undefined;
      if (known.kind !== 'fill' || !fill) continue;
      const { tradeId } = fill;
      if (other.owner !== owner) {
        return { code: 'TRADE_OWNED_BY_ANOTHER', tradeId, positionId: other.positionId, owner: other.owner };
      }
      // One trade may close one position and open another of the same owner: only the same position knows it already.
      if (other.positionId !== entry?.positionId) continue;
      if (known.quantity !== fill.quantity) {
        return invalid(
          'fills',
          `trade ${tradeId} is registered with ${known.quantity} lots, not ${fill.quantity}`,
        );
      }
      fresh.delete(tradeId);
    }
  }
  return [...fresh.values()];
}

function differently(
  entry: OwnershipEntry,
  field: 'symbol' | 'strategyId',
  requested: string,
): RegistryRefusal {
  return {
    code: 'REGISTERED_DIFFERENTLY',
    positionId: entry.positionId,
    field,
    registered: entry[field],
    requested,
  };
}

function ownedBy(holder: OwnershipEntry, positionId: string): RegistryRefusal {
  return { code: 'OWNED_BY_ANOTHER', positionId, owner: holder.owner };
}

function refused(refusal: RegistryRefusal): RegistryDecision {
  return { kind: 'refused', refusal };
}
