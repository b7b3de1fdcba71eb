import { randomUUID } from 'node:crypto';
import type { TimeMs } from '@bowline/domain';
import type {
  ExchangeCapabilities,
  ExchangeClient,
  ExchangeFact,
  ExchangeReport,
  ExchangeRequest,
} from '@bowline/ports';
import { accountPath, REMOTE_CAPABILITIES, type AccountWord, type ExchangeWord } from './protocol.js';
import { RemoteLine, type RemoteLineOptions } from './remote-line.js';

export interface RemoteExchangeClientOptions extends RemoteLineOptions {
  readonly exchange: string;
  readonly account: string;
  /** The account's secret at the exchange. */
  readonly token: string;
  /** What the exchange does for the account. Default: what one of futures does. */
  readonly capabilities?: ExchangeCapabilities;
  /** When it gives up on an answer: `request_unknown`. Default 3,000. */
  readonly timeoutMs?: number;
}

interface Unanswered {
  readonly request: ExchangeRequest;
  readonly dueAt: TimeMs;
}

/**
 * An account at an exchange simulator that runs as a process of its own. Every request is sent once, and answered: where
 * the line breaks or the answer does not come in time, by `request_unknown`. A line that breaks is dialed again; what was
 * said meanwhile is lost, which `reconnected` says. Several clients of one account hear the same.
 */
export class RemoteExchangeClient implements ExchangeClient {
  readonly exchange: string;
  readonly account: string;
  readonly capabilities: ExchangeCapabilities;
  readonly pace = null;
  private readonly line: RemoteLine;
  private readonly waiting = new Map<number, Unanswered>();
  private readonly timeoutMs: number;
  /** Tells reports that this end makes up from those of the exchange, and of every other end. */
  private readonly idPrefix = `r${randomUUID()}.`;
  private requests = 0;
  private said = 0;
  private sequence = 0;
  private watching = false;
  private onReport: ((report: ExchangeReport) => void) | null = null;

  /** Throws a RangeError on a URL that is none. */
  constructor(private readonly options: RemoteExchangeClientOptions) {
    const { account, exchange, timeoutMs = 3_000, token } = options;
    this.account = account;
    this.exchange = exchange;
    this.capabilities = options.capabilities ?? REMOTE_CAPABILITIES;
    this.timeoutMs = timeoutMs;
    const target = { path: accountPath(exchange, account), token };
    this.line = new RemoteLine(`${account} at ${exchange}`, target, options, {
      onUp: (welcome, again) => {
        this.sequence = (welcome as ExchangeWord).sequence;
        if (again) this.say({ type: 'reconnected' });
      },
      onWord: (word) => this.hear(word as ExchangeWord),
      onDown: () => this.onDown(),
    });
  }

  /** Requests whose answer is still to come. */
  get unanswered(): number {
    return this.waiting.size;
  }

  /** Number of the last report heard: 0 before the first, and anew where the exchange has been started again. */
  get lastSequence(): number {
    return this.sequence;
  }

  send(request: ExchangeRequest): void {
    const { clock } = this.options;
    const now = clock.now();
    if (!this.line.isUp) return void clock.callAt(now, () => this.sayUnknown(request));
    this.requests += 1;
    this.waiting.set(this.requests, { request, dueAt: now + this.timeoutMs });
    this.watch();
    this.line.send({ type: 'request', number: this.requests, request } satisfies AccountWord);
  }

  /**
   * Resolves once the line stands; an exchange that is away is waited for.
   *
   * @throws RemoteExchangeError where the exchange refuses us, or it is closed first
   */
  connect(onReport: (report: ExchangeReport) => void): Promise<void> {
    this.onReport = onReport;
    return this.line.open();
  }

  close(): Promise<void> {
    this.onReport = null;
    this.waiting.clear();
    return this.line.close();
  }

  private hear(word: ExchangeWord): boolean {
    if (word.type !== 'report') return false;
    const { answers, report, sequence } = word;
    if (sequence !== this.sequence + 1) {
      this.line.refuse(`report ${sequence} comes after ${this.sequence}`);
      return true;
    }
    this.sequence = sequence;
    if (answers !== null) this.waiting.delete(answers);
    this.onReport?.(report);
    return true;
  }

  /** Whether what was on its way has arrived, nobody knows. */
  private onDown(): void {
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    for (const { request } of lost) this.sayUnknown(request);
  }

  /** Looks after the oldest request: all wait equally long, so it is the first to be given up. */
  private watch(): void {
    if (this.watching) return;
    const [oldest] = this.waiting.values();
    if (oldest === undefined) return;
    this.watching = true;
    const { clock } = this.options;
    clock.callAt(oldest.dueAt, () => {
      this.watching = false;
      const now = clock.now();
      for (const [number, { dueAt, request }] of this.waiting) {
        if (dueAt > now) break;
        this.waiting.delete(number);
        this.sayUnknown(request);
      }
      this.watch();
    });
  }

  private sayUnknown(request: ExchangeRequest): void {
    const { symbol, type } = request;
    const clientOrderId = type === 'query_position' ? null : request.clientOrderId;
    this.say({ type: 'request_unknown', request: type, symbol, clientOrderId });
  }

  private say(fact: ExchangeFact): void {
    this.said += 1;
    this.onReport?.({ id: `${this.idPrefix}${this.said}`, at: this.options.clock.now(), ...fact });
  }
}
