import type { Evidence, JsonValue, Metadata, OwnershipEntry, Registry, SettledTrade } from './entry.js';

/** Reads the content of a registry text whose checksum was right, and checks every field and rule once more. */
export function readContent(
  content: string,
):
  | { readonly kind: 'registry'; readonly registry: Registry }
  | { readonly kind: 'invalid'; readonly problem: string } {
  try {
    return { kind: 'registry', registry: registryOf(JSON.parse(content)) };
  } catch (error) {
    // JSON.parse throws SyntaxError, the readers below throw Unreadable; anything else is a bug and goes on up.
    if (error instanceof SyntaxError) return { kind: 'invalid', problem: `not JSON: ${error.message}` };
    if (error instanceof Unreadable) return { kind: 'invalid', problem: error.message };
    throw error;
  }
}

/** Thrown to leave the readers at the first wrong field; never leaves this file. */
class Unreadable extends Error {}

type Fields = Readonly<Record<string, unknown>>;

function registryOf(value: unknown): Registry {
  const fields = record(value, 'content');
  const version = integer(fields, 'version', 'content');
  const entries = new Map<string, OwnershipEntry>();
  for (const [i, item] of list(fields, 'entries', 'content').entries()) {
    const entry = entryOf(item, `entries[${i}]`);
    if (entries.has(entry.positionId))
      fail(`entries[${i}].positionId`, `${entry.positionId} is registered twice`);
    entries.set(entry.positionId, entry);
  }
  const settledTrades = new Map<string, SettledTrade>();
  for (const [i, item] of list(fields, 'settledTrades', 'content').entries()) {
    const path = `settledTrades[${i}]`;
    const trade = record(item, path);
    const positionIds = list(trade, 'positionIds', path);
    if (!positionIds.every((id): id is string => typeof id === 'string'))
      fail(`${path}.positionIds`, 'must be texts');
    settledTrades.set(text(trade, 'tradeId', path), {
      owner: text(trade, 'owner', path),
      positionIds: positionIds as string[],
    });
  }
  return { version, entries, settledTrades };
}

function entryOf(value: unknown, path: string): OwnershipEntry {
  const fields = record(value, path);
  return {
    positionId: text(fields, 'positionId', path),
    heldIn: text(fields, 'heldIn', path),
    symbol: text(fields, 'symbol', path),
    owner: text(fields, 'owner', path),
    strategyId: text(fields, 'strategyId', path),
    quantity: lots(fields, path),
    registeredAt: integer(fields, 'registeredAt', path),
    updatedAt: integer(fields, 'updatedAt', path),
    metadata: record(fields['metadata'], `${path}.metadata`) as Readonly<
      Record<string, JsonValue>
    > as Metadata,
    evidence: list(fields, 'evidence', path).map((item, i) => evidenceOf(item, `${path}.evidence[${i}]`)),
  };
}

function evidenceOf(value: unknown, path: string): Evidence {
  const fields = record(value, path);
  const at = integer(fields, 'at', path);
  const { kind } = fields;
  switch (kind) {
    case 'fill': {
      const { externalReference } = fields;
      return {
        kind,
        tradeId: text(fields, 'tradeId', path),
        orderId: text(fields, 'orderId', path),
        externalReference: externalReference === null ? null : text(fields, 'externalReference', path),
        quantity: lots(fields, path),
        at,
      };
    }
    case 'observed':
      return { kind, quantity: lots(fields, path), at };
    case 'adopted':
      return {
        kind,
        operator: text(fields, 'operator', path),
        reason: text(fields, 'reason', path),
        quantity: lots(fields, path),
        at,
      };
    case 'merged':
      return {
        kind,
        operator: text(fields, 'operator', path),
        reason: text(fields, 'reason', path),
        into: text(fields, 'into', path),
        at,
      };
    default:
      return fail(`${path}.kind`, `unknown kind of evidence: ${JSON.stringify(kind)}`);
  }
}

function record(value: unknown, path: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return fail(path, 'must be an object');
  return value as Fields;
}

function list(fields: Fields, name: string, path: string): readonly unknown[] {
  const value = fields[name];
  return Array.isArray(value) ? value : fail(`${path}.${name}`, 'must be a list');
}

function text(fields: Fields, name: string, path: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : fail(`${path}.${name}`, 'must be a text');
}

function integer(fields: Fields, name: string, path: string): number {
  const value = fields[name];
  return Number.isSafeInteger(value) ? (value as number) : fail(`${path}.${name}`, 'must be a whole number');
}

function lots(fields: Fields, path: string): number {
  const value = integer(fields, 'quantity', path);
  return value === 0 ? fail(`${path}.quantity`, 'must not be 0') : value;
}

function fail(path: string, problem: string): never {
  throw new Unreadable(`${path} ${problem}`);
}
