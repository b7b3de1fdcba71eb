import { randomUUID } from 'node:crypto';
import {
  didYouMean,
  encodeJson,
  problem,
  readControl,
  topicOf,
  traceOf,
  traceWithin,
} from '@bowline/contracts';
import type {
  ControlAccepted,
  ControlMessage,
  ControlRequest,
  FieldError,
  Problem,
  Read,
} from '@bowline/contracts';
import type { Bus, BusMessage, Clock, Logger } from '@bowline/ports';
import { follows, publishConfirmed, symbolsOf } from '@bowline/signal-ingest';
import type { DirectoryClient, SignalDirectory } from '@bowline/signal-ingest';

export interface ControlDeskOptions {
  readonly bus: Pick<Bus, 'publish'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly directory: SignalDirectory;
  readonly logger: Logger;
}

export type ControlReceipt =
  | { readonly taken: true; readonly answer: ControlAccepted }
  | { readonly taken: false; readonly problem: Problem };

/** How long a command waits for the bus. */
const CONFIRM_WITHIN_MS = 10_000;

/** Hands commands of people to the clients that they are about. */
export class ControlDesk {
  constructor(private readonly options: ControlDeskOptions) {}

  /** One command, its body parsed from JSON. Taken means that the bus has confirmed it for every client. */
  async receive(body: unknown): Promise<ControlReceipt> {
    const read = readControl(body);
    if (!read.ok) return { taken: false, problem: problem('invalid', { errors: read.errors }) };
    const { bus, clock, directory, logger } = this.options;
    const request = read.value;
    const found = addressed(request, directory);
    if (!found.ok) return { taken: false, problem: problem('unacceptable', { errors: found.errors }) };
    const id = request.id ?? randomUUID();
    const now = clock.now();
    const messages = found.value.map(({ clientId }) => messageFor(clientId, id, request, now));
    if (!(await publishConfirmed(messages, bus, CONFIRM_WITHIN_MS, logger))) {
      const detail = `the bus has not confirmed it, and it may have gone out all the same; send it again with the id ${id}`;
      return { taken: false, problem: problem('unconfirmed', { detail, retryAfterS: 1 }) };
    }
    const { by, command, reason, scope } = request;
    logger.info({ id, command, scope, by, reason }, 'a command was taken');
    return {
      taken: true,
      answer: {
        type: command.type,
        state: command.type === 'trading_state' ? command.tradingState : null,
        scope,
        by,
        reason,
        addressed: found.value.map(({ channels, clientId }, i) => ({
          client: clientId,
          id: messages[i].id,
          channels,
        })),
      },
    };
  }
}

interface Addressed {
  readonly clientId: string;
  readonly channels: string[];
}

/** The clients, and what of theirs is in the scope. Whoever is named and has nothing there is an error. */
function addressed(request: ControlRequest, directory: SignalDirectory): Read<readonly Addressed[]> {
  const errors = [...unknownClients(request, directory), ...unknownScope(request, directory)];
  if (errors.length > 0) return { ok: false, errors };
  const found = directory.clients.flatMap((client): Addressed[] => {
    if (request.clients !== null && !request.clients.includes(client.clientId)) return [];
    const channels = channelsIn(client, request);
    const message = `${client.clientId} has nothing there: ${scopeText(request)}`;
    if (channels.length === 0 && request.clients !== null) errors.push({ path: 'scope', message });
    return channels.length === 0 ? [] : [{ clientId: client.clientId, channels }];
  });
  if (found.length === 0 && errors.length === 0) {
    errors.push({ path: 'scope', message: `no client has anything there: ${scopeText(request)}` });
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, value: found };
}

function channelsIn(client: DirectoryClient, { scope }: ControlRequest): string[] {
  if (scope.strategyId !== null && !follows(client, scope.strategyId)) return [];
  return client.channels
    .filter(
      ({ exchange, symbol }) =>
        (scope.exchange ?? exchange) === exchange && (scope.symbol ?? symbol) === symbol,
    )
    .map(({ exchange, symbol }) => `${client.clientId}.${exchange}.${symbol}`);
}

function unknownClients({ clients }: ControlRequest, directory: SignalDirectory): FieldError[] {
  const known = directory.clients.map(({ clientId }) => clientId);
  return (clients ?? [])
    .filter((clientId) => !known.includes(clientId))
    .map((clientId) => ({ path: 'client', message: unknownName('client', clientId, known) }));
}

function unknownScope({ scope }: ControlRequest, directory: SignalDirectory): FieldError[] {
  const { clients, strategies } = directory;
  const errors: FieldError[] = [];
  const exchanges = [...new Set(clients.flatMap(({ channels }) => channels.map(({ exchange }) => exchange)))];
  const check = (path: string, what: string, name: string | null, known: readonly string[]): void => {
    if (name !== null && !known.includes(name))
      errors.push({ path, message: unknownName(what, name, known) });
  };
  check('scope.exchange', 'exchange', scope.exchange, exchanges.sort());
  check('scope.symbol', 'symbol', scope.symbol, symbolsOf(clients));
  if (scope.strategyId !== null && directory.followers(scope.strategyId).length === 0) {
    check('scope.strategyId', 'strategy', scope.strategyId, strategies);
  }
  return errors;
}

function unknownName(what: string, name: string, known: readonly string[]): string {
  const near = didYouMean(name, known);
  const hint = near === null ? `known here: ${known.join(', ')}` : `did you mean ${near}?`;
  return `there is no ${what} ${JSON.stringify(name)}; ${hint}`;
}

function scopeText({ scope }: ControlRequest): string {
  const { exchange, strategyId, symbol } = scope;
  const parts = [symbol ?? 'any symbol', exchange === null ? null : `at ${exchange}`];
  if (strategyId !== null) parts.push(`of ${strategyId}`);
  return parts.filter((part) => part !== null).join(' ');
}

function messageFor(clientId: string, id: string, request: ControlRequest, now: number): BusMessage {
  const { by, command, reason, scope } = request;
  const said = { ...(command.type === 'adopt' ? command : { ...command, scope }), clientId, by, reason };
  const messageId = `${id}/${clientId}`;
  return {
    topic: topicOf('control', clientId),
    key: clientId,
    id: messageId,
    source: 'operator',
    epoch: 0,
    time: now,
    cause: null,
    traceparent: traceWithin(traceOf(id), messageId),
    data: encodeJson(said satisfies ControlMessage),
  };
}
