import type { TimeMs } from '@bowline/domain';
import type { ExchangeCapabilities, ExchangeClient, ExchangeReport, ExchangeRequest } from '@bowline/ports';
import { simulatedCapabilities } from '../capabilities.js';
import { draw } from '../bar/index.js';
import { Instants } from './instants.js';
import type { MockSettings } from './options.js';
import { travelTime } from './travel.js';

/** A request on its way. */
export interface Sent {
  readonly client: MockClient;
  readonly request: ExchangeRequest;
  readonly sentAt: TimeMs;
}

interface Outgoing {
  readonly report: ExchangeReport;
  /** The request that it answers, which remains without an answer where the report is lost. */
  readonly answers: Sent | null;
  /** Which connection carries it; null: it never was at the exchange. */
  readonly connection: number | null;
}

/** An exchange client that also says which request a report answers; null: none. */
export interface AnsweringClient extends ExchangeClient {
  connect(onReport: ReportListener): Promise<void>;
}

type ReportListener = (report: ExchangeReport, answers: ExchangeRequest | null) => void;

/** Copies of a report come up to this much later. */
const DUPLICATE_WITHIN_MS = 1_000;

/** Of spot an exchange can do less. */
export function capabilitiesOf({ instruments, recvWindowMs }: MockSettings): ExchangeCapabilities {
  return { ...simulatedCapabilities(instruments), recvWindowMs };
}

/** An account's end of the line. Reports come to it in the exchange's order. */
export class MockClient implements AnsweringClient {
  readonly exchange: string;
  readonly capabilities: ExchangeCapabilities;
  readonly pace = null;
  private readonly outbox: Instants<Outgoing>;
  private onReport: ReportListener | null = null;
  private lastArrival: TimeMs = Number.NEGATIVE_INFINITY;
  /** Counts the connections there were; those before this one carry nothing any more. */
  private connection = 1;
  private isOnline = true;

  constructor(
    readonly account: string,
    private readonly settings: MockSettings,
    private readonly take: (sent: Sent) => void,
    /** A request's answer was lost. */
    private readonly onLost: (sent: Sent) => void,
  ) {
    this.exchange = settings.exchange;
    this.capabilities = capabilitiesOf(settings);
    this.outbox = new Instants(settings.clock, (due) => due.forEach((outgoing) => this.deliver(outgoing)));
  }

  send(request: ExchangeRequest): void {
    const sent = { client: this, request, sentAt: this.settings.clock.now() };
    if (this.isOnline) this.take(sent);
    else this.onLost(sent);
  }

  /** Reports are on their way. */
  get isTold(): boolean {
    return !this.outbox.isEmpty;
  }

  connect(onReport: ReportListener): Promise<void> {
    this.onReport = onReport;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.onReport = null;
    this.outbox.clear();
    return Promise.resolve();
  }

  /** Sends a report on its way from the exchange. */
  tell(report: ExchangeReport, answers: Sent | null): void {
    const { clock, duplicateProbability, seed } = this.settings;
    const travel = travelTime(this.settings, `${this.account} ${report.id}`);
    this.lastArrival = Math.max(clock.now() + travel, this.lastArrival);
    const connection = this.isOnline ? this.connection : 0;
    this.outbox.add(this.lastArrival, { report, answers, connection });
    if (duplicateProbability === 0) return;
    const copy = `${this.account} ${report.id} again`;
    if (draw(seed, copy, 0) >= duplicateProbability) return;
    const later = Math.floor(draw(seed, copy, 1) * DUPLICATE_WITHIN_MS);
    this.outbox.add(this.lastArrival + later, { report, answers: null, connection });
  }

  /** Says what the client itself has come to know. */
  say(report: ExchangeReport): void {
    this.lastArrival = Math.max(report.at, this.lastArrival);
    this.outbox.add(this.lastArrival, { report, answers: null, connection: null });
  }

  /** What is on its way in either direction is lost, and what is said until `reconnect`. */
  disconnect(): void {
    this.isOnline = false;
    this.connection += 1;
  }

  /** False where the line was whole. */
  reconnect(): boolean {
    const wasOnline = this.isOnline;
    this.isOnline = true;
    return !wasOnline;
  }

  private deliver({ answers, connection, report }: Outgoing): void {
    if (connection === null || connection === this.connection)
      this.onReport?.(report, answers?.request ?? null);
    else if (answers !== null) this.onLost(answers);
  }
}
