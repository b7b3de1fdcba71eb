import {
  encodeJson,
  MOST_SIGNALS,
  problem,
  readSignals,
  readTraceparent,
  topicOf,
  traceOf,
  traceWithin,
} from '@bowline/contracts';
import type { FieldError, PlacedSignal, Problem, Read, SignalsAccepted } from '@bowline/contracts';
import type { TimeMs } from '@bowline/domain';
import type { Bus, BusMessage, Clock, Logger } from '@bowline/ports';
import { INGEST_LIMITS, type IngestLimits } from './limits.js';
import { planSignals, type PlannedSignal } from './plan-signals.js';
import { publishConfirmed } from './publish-confirmed.js';
import { anybody, type Sender } from './sender.js';
import type { SignalDirectory } from './signal-directory.js';
import { SourceRates } from './source-rates.js';

export interface SignalIngestOptions {
  readonly bus: Pick<Bus, 'publish' | 'backlog'>;
  /** The desk's: in mock mode a virtual one. */
  readonly clock: Pick<Clock, 'now'>;
  readonly directory: SignalDirectory;
  readonly limits?: Partial<IngestLimits>;
  readonly logger: Logger;
}

/** What becomes of a request. */
export type Receipt =
  | { readonly taken: true; readonly answer: SignalsAccepted }
  | { readonly taken: false; readonly problem: Problem };

/** Seconds after which a desk that was behind may have caught up. */
const CATCH_UP_S = 1;

/**
 * Takes signals in, and keeps nothing: validates, derives ids, and publishes each signal for every client that follows
 * its strategy. Two of these behind one address do the same with the same request.
 */
export class SignalIngest {
  private readonly limits: IngestLimits;
  private readonly rates: SourceRates;

  constructor(private readonly options: SignalIngestOptions) {
    this.limits = { ...INGEST_LIMITS, ...options.limits };
    const { burst, signalsPerSecond } = this.limits;
    this.rates = new SourceRates(signalsPerSecond, burst, () => performance.now());
  }

  /**
   * One request, its body parsed from JSON. All signals of it are published, or none; taken means that the bus has
   * confirmed all of them.
   *
   * @param from who sends it; a text: anybody, counted under this name
   */
  receive(from: string | Sender, body: unknown): Promise<Receipt> {
    return this.take(from, countOf(body), () => readSignals(body));
  }

  /** As `receive`, of a request in another form: `count` signals, which `read` makes of it. */
  async take(
    from: string | Sender,
    count: number,
    read: (directory: SignalDirectory) => Read<readonly PlacedSignal[]>,
  ): Promise<Receipt> {
    const sender = typeof from === 'string' ? anybody(from) : from;
    const waitMs = this.rates.take(sender.source, count);
    if (waitMs > 0) return this.tooMany(waitMs);
    const { clock, directory } = this.options;
    const signals = read(directory);
    if (!signals.ok) return refused(problem('invalid', { errors: signals.errors }));
    const foreign = strangersTo(sender, signals.value);
    if (foreign.length > 0) return refused(problem('wrong-strategy', { errors: foreign }));
    const now = clock.now();
    const planned = planSignals(signals.value, { now, directory, limits: this.limits, sender });
    if (!planned.ok) return refused(problem('unacceptable', { errors: planned.errors }));
    const behind = this.clientBehind(planned.value);
    if (behind !== null) return this.saturated(behind);
    const answer = { accepted: planned.value.map(accepted) };
    return (await this.confirmed(planned.value, sender, now))
      ? { taken: true, answer }
      : unconfirmed(planned.value);
  }

  private confirmed(
    planned: readonly PlannedSignal[],
    { traceparent }: Sender,
    now: TimeMs,
  ): Promise<boolean> {
    const { bus, logger } = this.options;
    const trace = traceparent === undefined ? null : readTraceparent(traceparent);
    const messages = planned
      .filter(({ duplicate }) => !duplicate)
      .flatMap(({ clients, signal }) =>
        clients.map((clientId) => messageFor(clientId, signal, trace ?? traceOf(signal.id), now)),
      );
    return publishConfirmed(messages, bus, this.limits.confirmWithinMs, logger);
  }

  private clientBehind(planned: readonly PlannedSignal[]): string | null {
    const topics = new Set(planned.flatMap(({ clients }) => clients.map((id) => topicOf('signals', id))));
    const behind = this.options.bus
      .backlog()
      .find(({ messages, topic }) => topics.has(topic) && messages >= this.limits.maxBacklog);
    return behind?.topic ?? null;
  }

  private tooMany(waitMs: number): Receipt {
    const { burst, signalsPerSecond } = this.limits;
    const detail = `at most ${signalsPerSecond} signals a second are taken of one source, and ${burst} at once`;
    return refused(problem('too-many-requests', { detail, retryAfterS: Math.ceil(waitMs / 1000) }));
  }

  private saturated(topic: string): Receipt {
    this.options.logger.warn({ topic }, 'signals are refused: too many are waiting');
    const detail = `${this.limits.maxBacklog} messages or more are waiting in ${topic}; send it again`;
    return refused(problem('saturated', { detail, retryAfterS: CATCH_UP_S }));
  }
}

/** Signals of strategies that are not the sender's to speak for. */
function strangersTo({ strategies }: Sender, signals: readonly PlacedSignal[]): FieldError[] {
  if (strategies === null) return [];
  return signals
    .filter(({ request }) => !strategies.includes(request.strategyId))
    .map(({ pathOf, request }) => ({
      path: pathOf('strategyId'),
      message: `${request.strategyId} is none of this source's strategies, which are ${strategies.join(', ')}`,
    }));
}

function refused(what: Problem): Receipt {
  return { taken: false, problem: what };
}

/** It may have gone out all the same: only under its id it can be sent again without acting twice. */
function unconfirmed(planned: readonly PlannedSignal[]): Receipt {
  const errors = planned.map(({ path, signal }) => ({
    path,
    message: `not confirmed; send it again with the id ${signal.id}`,
  }));
  return refused(problem('unconfirmed', { errors, retryAfterS: CATCH_UP_S }));
}

/** What a request weighs, before anybody has looked at it closely. */
function countOf(body: unknown): number {
  const list =
    typeof body === 'object' && body !== null && 'signals' in body ? (body.signals as unknown) : body;
  return Array.isArray(list) ? Math.min(Math.max(1, list.length), MOST_SIGNALS) : 1;
}

function messageFor(
  clientId: string,
  signal: PlannedSignal['signal'],
  trace: string,
  now: TimeMs,
): BusMessage {
  const { strategyId, symbol } = signal;
  // Senders number their signals by strategy or by symbol: one number of two of them is two signals.
  const id = [signal.id, strategyId, symbol, clientId].join('/');
  return {
    topic: topicOf('signals', clientId),
    key: clientId,
    id,
    source: 'signal-ingest',
    epoch: 0,
    time: now,
    cause: null,
    traceparent: traceWithin(trace, id),
    data: encodeJson(signal),
  };
}

function accepted({ clients, duplicate, signal }: PlannedSignal): SignalsAccepted['accepted'][number] {
  return { id: signal.id, clients: [...clients], ...(duplicate ? { duplicate: true } : {}) };
}
