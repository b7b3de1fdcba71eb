import { z } from 'zod';
import type { AdoptionScope, ControlScope } from '../messages/index.js';
import { idLeaf, leaf, moneyLeaf, textLeaf, wordLeaf } from './leaf.js';
import type { FieldError } from './problem.js';
import { readObject, type Read } from './request-object.js';

const sentence = (meaning: string) =>
  textLeaf({ expected: 'a text of 1 to 256 characters', meaning, pattern: /^(?=[^]*\S)[^]{1,256}$/ });

/** One strategy in one channel: what an adoption is about. */
const adoptionScopeSchema = z.strictObject({
  exchange: idLeaf('an exchange', 'Only at this exchange.'),
  symbol: idLeaf('a symbol', 'Only in this symbol.'),
  strategyId: idLeaf('a strategy id', 'Only of this strategy; also `strategy`.'),
});
const scopeSchema = adoptionScopeSchema.partial();

const adoptionSchema = z.object({
  side: wordLeaf(['LONG', 'SHORT'], 'Of `adopt`: which side of EXTERNAL.'),
  quantity: moneyLeaf('Of `adopt`: how much of it, base units; a whole number of lots.'),
  price: moneyLeaf(
    'Of `adopt`: the entry price, for which whoever says so vouches; a whole number of ticks.',
  ),
  takeProfit: moneyLeaf(
    'Of `adopt`: an absolute price. Absent: none; where the strategy has a position already, the one that it has.',
  ).optional(),
  stopLoss: moneyLeaf('Of `adopt`: an absolute price; absent as with `takeProfit`.').optional(),
});

const commandSchema = z.strictObject({
  id: textLeaf({
    expected: '1 to 64 letters, digits, dots, dashes, underscores or colons',
    meaning: 'Names the command: sent again under the same id, it is carried out once. Drawn where absent.',
    pattern: /^[A-Za-z0-9._:-]{1,64}$/,
  }).optional(),
  type: wordLeaf(
    ['trading_state', 'close', 'retry', 'reconcile', 'adopt'],
    '`trading_state`: says whether positions may be opened. `close`: closes what matches. `retry`: what was given up is tried again, and stops that are watched for want of room are tried at the exchange. `reconcile`: asks the exchanges at once, and compares. `adopt`: gives one strategy of one client what is EXTERNAL in one channel.',
  ),
  client: idLeaf('a client id', 'The client that it is about.').optional(),
  clients: leaf<readonly string[]>(
    {
      expected: 'a list of client ids',
      meaning: 'The same, for several.',
      json: { type: 'array', items: { type: 'string' }, minItems: 1 },
    },
    (value) => {
      const list: readonly unknown[] = Array.isArray(value) ? value : [];
      return list.length > 0 && list.every((item) => typeof item === 'string') ? [...new Set(list)] : null;
    },
  ).optional(),
  all: leaf<true>(
    { expected: 'true', meaning: 'The same, for every client.', json: { const: true } },
    (value) => (value === true ? value : null),
  ).optional(),
  state: wordLeaf(
    ['ACTIVE', 'REDUCING', 'HALTED'],
    'Of `trading_state`. In `REDUCING` and `HALTED` nothing is opened; what reduces risk is always allowed.',
  ).optional(),
  ...adoptionSchema.partial().shape,
  by: sentence('Who says so.'),
  reason: sentence('Why: stands in the audit trail.'),
});

/**
 * A command to the desk: exactly one of `client`, `clients`, `all`; `state` with `trading_state` and only there; `side`,
 * `quantity`, `price` with `adopt` and only there, which is about one client, exchange, symbol, and strategy.
 */
export const controlBodySchema = commandSchema.extend({
  scope: scopeSchema.describe('What it is about, of what the clients trade. Absent: all of it.').optional(),
});

export type ControlCommand =
  | { readonly type: 'trading_state'; readonly tradingState: 'ACTIVE' | 'REDUCING' | 'HALTED' }
  | { readonly type: 'close' | 'retry' | 'reconcile' }
  | AdoptCommand;

/** Decimals as their shortest texts. */
export interface AdoptCommand {
  readonly type: 'adopt';
  readonly scope: AdoptionScope;
  readonly side: 'LONG' | 'SHORT';
  readonly quantity: string;
  readonly price: string;
  readonly takeProfit: string | null;
  readonly stopLoss: string | null;
}

/** A command that is well formed; whether the desk knows what it names is another question. */
export interface ControlRequest {
  /** Null: none was given. */
  readonly id: string | null;
  readonly command: ControlCommand;
  /** Null: every client. */
  readonly clients: readonly string[] | null;
  readonly scope: ControlScope;
  readonly by: string;
  readonly reason: string;
}

const ALIASES = { strategy: 'strategyId' } as const;

/** Reads the body of a command. */
export function readControl(body: unknown): Read<ControlRequest> {
  const { command, scope } = parted(body);
  const readCommand = readObject(commandSchema, {}, command, '');
  const readScope = readObject(scopeSchema, ALIASES, scope ?? {}, 'scope');
  const errors: FieldError[] = [];
  if (!readCommand.ok) errors.push(...readCommand.errors);
  if (!readScope.ok) errors.push(...readScope.errors);
  if (readCommand.ok) errors.push(...addressFaults(readCommand.value));
  const said = readCommand.ok ? commandOf(readCommand.value, readScope.ok ? readScope.value : null) : null;
  if (said !== null && !said.ok) errors.push(...said.errors);
  if (errors.length > 0 || !readCommand.ok || !readScope.ok || !said?.ok) return { ok: false, errors };
  const { all, by, client, clients, id, reason } = readCommand.value;
  const { exchange = null, strategyId = null, symbol = null } = readScope.value;
  return {
    ok: true,
    value: {
      id: id ?? null,
      command: said.value,
      clients: all === true ? null : (clients ?? [client ?? '']),
      scope: { exchange, symbol, strategyId },
      by,
      reason,
    },
  };
}

/** The scope is an object of its own, with names of its own. */
function parted(body: unknown): { command: unknown; scope: unknown } {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { command: body, scope: null };
  }
  const { scope = null, ...command } = body as Record<string, unknown>;
  return { command, scope };
}

type Command = z.output<typeof commandSchema>;
type Scope = z.output<typeof scopeSchema>;

/** Fields that one type of command has, and no other. */
const FIELDS_OF = {
  trading_state: ['state'],
  adopt: ['side', 'quantity', 'price', 'takeProfit', 'stopLoss'],
} as const;

function commandOf(command: Command, scope: Scope | null): Read<ControlCommand> {
  const errors = foreignFields(command);
  switch (command.type) {
    case 'trading_state': {
      const { state, type } = command;
      if (state === undefined) errors.push(missing('state', 'ACTIVE, REDUCING or HALTED'));
      else if (errors.length === 0) return { ok: true, value: { type, tradingState: state } };
      return { ok: false, errors };
    }
    case 'adopt':
      return adoptionOf(command, scope, errors);
    case 'reconcile':
      if (scope?.strategyId !== undefined) {
        errors.push({
          path: 'scope.strategyId',
          message: 'a channel is reconciled whole; leave the strategy out',
        });
      }
      break;
    case 'close':
    case 'retry':
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, value: { type: command.type } };
}

function foreignFields(command: Command): FieldError[] {
  return Object.entries(FIELDS_OF).flatMap(([type, fields]) =>
    type === command.type
      ? []
      : fields
          .filter((field) => command[field] !== undefined)
          .map((path) => ({ path, message: `only ${type} has a ${path}; ${command.type} takes none` })),
  );
}

function adoptionOf(command: Command, scope: Scope | null, errors: FieldError[]): Read<AdoptCommand> {
  const { all, clients } = command;
  if (all === true || clients !== undefined) {
    const path = all === true ? 'all' : 'clients';
    errors.push({ path, message: 'what is adopted is in the account of one client; give client' });
  }
  const terms = adoptionSchema.safeParse(command);
  const where = adoptionScopeSchema.safeParse(scope ?? {});
  for (const { message, path } of terms.error?.issues ?? []) errors.push({ path: String(path[0]), message });
  for (const { message, path } of (scope === null ? null : where.error)?.issues ?? [])
    errors.push({ path: `scope.${String(path[0])}`, message });
  if (errors.length > 0 || !terms.success || !where.success) return { ok: false, errors };
  const { stopLoss = null, takeProfit = null, ...others } = terms.data;
  return { ok: true, value: { type: 'adopt', scope: where.data, ...others, takeProfit, stopLoss } };
}

function missing(path: string, expected: string): FieldError {
  return { path, message: `missing; expected ${expected}` };
}

function addressFaults({ all, client, clients }: Command): FieldError[] {
  const named = Object.entries({ client, clients, all }).filter(([, value]) => value !== undefined);
  if (named.length === 0) {
    return [{ path: 'client', message: 'missing; give client, clients, or "all": true' }];
  }
  const message = `${named[0][0]} says whom it is about already; give one of them`;
  return named.slice(1).map(([path]) => ({ path, message }));
}
