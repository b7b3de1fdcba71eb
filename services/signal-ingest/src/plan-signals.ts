import { didYouMean } from '@bowline/contracts';
import type { ClientSignal, FieldError, PlacedSignal, Read } from '@bowline/contracts';
import type { TimeMs } from '@bowline/domain';
import type { IngestLimits } from './limits.js';
import { symbolsOf, trades, type DirectoryClient, type SignalDirectory } from './signal-directory.js';
import type { Sender } from './sender.js';
import { derivedSignalId } from './signal-id.js';

/** A signal as it goes out, and to whom. */
export interface PlannedSignal {
  /** Where it stands in its request. */
  readonly path: string;
  readonly signal: ClientSignal;
  readonly clients: readonly string[];
  /** It stands earlier in the same request. */
  readonly duplicate: boolean;
}

export interface DeskFacts {
  readonly now: TimeMs;
  readonly directory: SignalDirectory;
  readonly limits: Pick<IngestLimits, 'maxAheadMs' | 'defaultLifeMs' | 'maxLifeMs'>;
  readonly sender: Pick<Sender, 'requestId' | 'recorded'>;
}

/** What well-formed signals mean to this desk: all of them, or everything that is wrong with any. */
export function planSignals(
  placed: readonly PlacedSignal[],
  desk: DeskFacts,
): Read<readonly PlannedSignal[]> {
  const errors: FieldError[] = [];
  const planned: PlannedSignal[] = [];
  const before = new Map<string, { readonly path: string; readonly said: string }>();
  for (const { path, pathOf, request } of placed) {
    const clients = recipients(request.strategyId, request.symbol, desk.directory);
    if ('message' in clients) errors.push({ path: pathOf(clients.field), message: clients.message });
    const late = timeFault(request, desk);
    if (late !== null) errors.push({ path: pathOf(late.field), message: late.message });
    if ('message' in clients || late !== null) continue;
    const signal = clientSignal(request, desk);
    const name = JSON.stringify([signal.strategyId, signal.symbol, signal.id]);
    const said = JSON.stringify(signal);
    const twin = before.get(name);
    if (twin !== undefined && twin.said !== said) {
      const message = `${signal.id} is the id of ${twin.path} already, which says something else`;
      errors.push({ path: pathOf('id'), message });
    }
    before.set(name, twin ?? { path, said });
    planned.push({ path, signal, clients, duplicate: twin !== undefined });
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, value: planned };
}

type Request = PlacedSignal['request'];

interface Fault {
  readonly field: keyof Request;
  readonly message: string;
}

/** The clients that follow the strategy and trade the symbol. */
function recipients(
  strategyId: string,
  symbol: string,
  directory: SignalDirectory,
): readonly string[] | Fault {
  const followers = directory.followers(strategyId);
  if (followers.length === 0) {
    return { field: 'strategyId', message: unknown('no client follows', strategyId, directory.strategies) };
  }
  const concerned = followers.filter((client) => trades(client, symbol));
  if (concerned.length > 0) return concerned.map(({ clientId }) => clientId);
  return { field: 'symbol', message: notTraded(strategyId, symbol, followers, directory) };
}

function notTraded(
  strategyId: string,
  symbol: string,
  followers: readonly DirectoryClient[],
  { symbols }: SignalDirectory,
): string {
  if (!symbols.includes(symbol)) return unknown('no account trades', symbol, symbols);
  return unknown(`no client that follows ${strategyId} trades`, symbol, symbolsOf(followers));
}

/** Names beyond these are not listed. */
const LISTED = 20;

function unknown(what: string, name: string, known: readonly string[]): string {
  const near = didYouMean(name, known);
  if (near !== null && near !== name) return `${what} ${JSON.stringify(name)}; did you mean ${near}?`;
  const more = known.length > LISTED ? ` and ${known.length - LISTED} more` : '';
  return `${what} ${JSON.stringify(name)}; known here: ${known.slice(0, LISTED).join(', ') || 'none'}${more}`;
}

function timeFault(request: Request, { limits, now, sender }: DeskFacts): Fault | null {
  const { signal } = request;
  const time = timeOf(request, sender, now);
  if (time === null) {
    return { field: 'time', message: 'missing; what is written down needs the time at which it was said' };
  }
  if (time > now + limits.maxAheadMs) {
    const ahead = `${timeText(time)} is ${durationText(time - now)} ahead of the desk's time, ${timeText(now)}`;
    return { field: 'time', message: `${ahead}; at most ${durationText(limits.maxAheadMs)} is taken` };
  }
  // What goes flat does so late, too.
  if (signal === 0) return null;
  const { end, field } = endOf(request, sender, time, now, limits.defaultLifeMs);
  if (end <= now) {
    return { field, message: `it expired at ${timeText(end)}; the desk's time is ${timeText(now)}` };
  }
  if (end > now + limits.maxLifeMs) {
    const ahead = `it would expire at ${timeText(end)}, ${durationText(end - now)} from now`;
    return { field, message: `${ahead}; at most ${durationText(limits.maxLifeMs)} is taken` };
  }
  return null;
}

/** When it was said; null: nobody knows. */
function timeOf(request: Request, { recorded }: DeskFacts['sender'], now: TimeMs): TimeMs | null {
  return request.time ?? (recorded === null ? now : recorded.at);
}

/** Until when it may enter, and the field that says so. */
function endOf(
  { expiresAt, expiresInMs }: Request,
  { recorded }: DeskFacts['sender'],
  time: TimeMs,
  now: TimeMs,
  defaultLifeMs: number,
): { readonly end: TimeMs; readonly field: keyof Request } {
  if (expiresAt !== undefined) return { end: expiresAt, field: 'expiresAt' };
  if (expiresInMs !== undefined) return { end: time + expiresInMs, field: 'expiresInMs' };
  return { end: (recorded === null ? now : time) + defaultLifeMs, field: 'time' };
}

function clientSignal(request: Request, { limits, now, sender }: DeskFacts): ClientSignal {
  const { signal, strategyId, symbol } = request;
  // Who cannot tell it has been refused.
  const time = timeOf(request, sender, now) ?? now;
  const said = {
    strategyId,
    symbol,
    signal,
    time,
    price: request.price ?? null,
    takeProfit: request.takeProfit ?? null,
    stopLoss: request.stopLoss ?? null,
    volatility: request.volatility ?? null,
    quantity: request.quantity ?? null,
  };
  const { end } = endOf(request, sender, time, now, limits.defaultLifeMs);
  const id = request.id ?? derivedSignalId(said, request.time === undefined ? sender.requestId : null);
  return { id, ...said, expiresAt: signal === 0 ? null : end };
}

function timeText(time: TimeMs): string {
  return new Date(time).toISOString();
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** In the largest unit that it fills: 5 min, 1.5 h. */
function durationText(ms: number): string {
  const [unit, size] = UNITS.find(([, each]) => ms >= each) ?? ['ms', 1];
  return `${Math.round((ms / size) * 10) / 10} ${unit}`;
}
