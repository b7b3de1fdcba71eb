import type { FillEvidence, JsonValue } from './entry.js';
import type { RegistryCommand, RegistryRefusal } from './commands.js';

/** The first field of the command that cannot be right; null where all are. */
export function invalidField(command: RegistryCommand): RegistryRefusal | null {
  for (const [field, value] of Object.entries(command)) {
    if (typeof value === 'string' && value.trim() === '') return invalid(field, 'must not be empty');
  }
  if (!Number.isSafeInteger(command.at)) return invalid('at', 'must be a time in whole milliseconds');
  if (command.kind === 'register' || command.kind === 'record_fills') {
    const problem = invalidFills(command.fills);
    if (problem) return problem;
  }
  if (command.kind === 'adopt') {
    const { positionId, symbol, quantity } = command.seen;
    if (positionId.trim() === '') return invalid('seen.positionId', 'must not be empty');
    if (symbol.trim() === '') return invalid('seen.symbol', 'must not be empty');
    if (!isLots(quantity))
      return invalid('seen.quantity', `must be whole lots other than 0, got ${quantity}`);
  }
  if (command.kind === 'register' || command.kind === 'adopt') {
    const path = notJson(command.metadata ?? {}, 'metadata');
    if (path !== null) return invalid(path, 'must be plain JSON');
  }
  return null;
}

function invalidFills(fills: readonly FillEvidence[]): RegistryRefusal | null {
  if (fills.length === 0) return invalid('fills', 'at least one is needed: ownership is by fill');
  const quantities = new Map<string, number>();
  for (const [i, fill] of fills.entries()) {
    const { tradeId, quantity, at } = fill;
    if (tradeId.trim() === '') return invalid(`fills[${i}].tradeId`, 'must not be empty');
    if (!isLots(quantity))
      return invalid(`fills[${i}].quantity`, `must be whole lots other than 0, got ${quantity}`);
    if (!Number.isSafeInteger(at)) return invalid(`fills[${i}].at`, 'must be a time in whole milliseconds');
    const before = quantities.get(tradeId);
    if (before !== undefined && before !== quantity) {
      return invalid(
        `fills[${i}].quantity`,
        `trade ${tradeId} is listed with ${before} and with ${quantity} lots`,
      );
    }
    quantities.set(tradeId, quantity);
  }
  return null;
}

/** The path of the first value that JSON would lose or change; null where there is none. */
export function notJson(value: JsonValue | undefined, path: string): string | null {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return null;
  // -0 comes back as 0, and NaN and Infinity as null.
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0) ? null : path;
  if (typeof value !== 'object') return path;
  for (const [key, item] of Object.entries(value)) {
    const problem = notJson(item as JsonValue, Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
    if (problem !== null) return problem;
  }
  return null;
}

export function invalid(field: string, problem: string): RegistryRefusal {
  return { code: 'INVALID', field, problem };
}

function isLots(quantity: number): boolean {
  return Number.isSafeInteger(quantity) && quantity !== 0;
}
