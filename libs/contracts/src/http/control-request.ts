import { z } from 'zod';
import type { ControlScope } from '../messages/index.js';
import { idLeaf, leaf, textLeaf, wordLeaf } from './leaf.js';
import type { FieldError } from './problem.js';
import { readObject, type Read } from './request-object.js';

const sentence = (meaning: string) =>
  textLeaf({ expected: 'a text of 1 to 256 characters', meaning, pattern: /^(?=[^]*\S)[^]{1,256}$/ });

const scopeSchema = z.strictObject({
  exchange: idLeaf('an exchange', 'Only at this exchange.').optional(),
  symbol: idLeaf('a symbol', 'Only in this symbol.').optional(),
  strategyId: idLeaf('a strategy id', 'Only of this strategy; also `strategy`.').optional(),
});

const commandSchema = z.strictObject({
  id: textLeaf({
    expected: '1 to 64 letters, digits, dots, dashes, underscores or colons',
    meaning: 'Names the command: sent again under the same id, it is carried out once. Drawn where absent.',
    pattern: /^[A-Za-z0-9._:-]{1,64}$/,
  }).optional(),
  type: wordLeaf(
    ['trading_state', 'close', 'retry'],
    '`trading_state`: says whether positions may be opened. `close`: closes what matches. `retry`: what was given up is tried again.',
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
  by: sentence('Who says so.'),
  reason: sentence('Why: stands in the audit trail.'),
});

/** A command to the desk: exactly one of `client`, `clients`, `all`; `state` with `trading_state` and only there. */
export const controlBodySchema = commandSchema.extend({
  scope: scopeSchema.describe('What it is about, of what the clients trade. Absent: all of it.').optional(),
});

export type ControlCommand =
  | { readonly type: 'trading_state'; readonly tradingState: 'ACTIVE' | 'REDUCING' | 'HALTED' }
  | { readonly type: 'close' | 'retry' };

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
  const said = readCommand.ok ? commandOf(readCommand.value) : null;
  if (!readCommand.ok) errors.push(...readCommand.errors);
  else errors.push(...addressFaults(readCommand.value));
  if (said !== null && 'message' in said) errors.push(said);
  if (!readScope.ok) errors.push(...readScope.errors);
  if (errors.length > 0 || !readCommand.ok || !readScope.ok || said === null || 'message' in said) {
    return { ok: false, errors };
  }
  const { all, by, client, clients, id, reason } = readCommand.value;
  const { exchange = null, strategyId = null, symbol = null } = readScope.value;
  return {
    ok: true,
    value: {
      id: id ?? null,
      command: said,
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

function commandOf({ state, type }: Command): ControlCommand | FieldError {
  if (type === 'trading_state') {
    return state === undefined
      ? { path: 'state', message: 'missing; expected ACTIVE, REDUCING or HALTED' }
      : { type, tradingState: state };
  }
  if (state === undefined) return { type };
  return { path: 'state', message: `only trading_state has a state; ${type} takes none` };
}

function addressFaults({ all, client, clients }: Command): FieldError[] {
  const named = Object.entries({ client, clients, all }).filter(([, value]) => value !== undefined);
  if (named.length === 0) {
    return [{ path: 'client', message: 'missing; give client, clients, or "all": true' }];
  }
  const message = `${named[0][0]} says whom it is about already; give one of them`;
  return named.slice(1).map(([path]) => ({ path, message }));
}
