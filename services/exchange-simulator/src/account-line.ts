import type { TimeMs } from '@bowline/domain';
import type { AnsweringClient, ExchangeWord, JsonLines } from '@bowline/exchange-simulator';
import type { ExchangeReport, ExchangeRequest } from '@bowline/ports';

/** Bytes of reports that somebody may leave unread, before the line is broken off. */
const MOST_UNREAD = 16 << 20;

interface Asked {
  readonly lines: JsonLines;
  readonly number: number;
}

/** An account with all who are on the line for it: each of them hears everything. */
export class AccountLine {
  private sequence = 0;
  private readonly listening = new Set<JsonLines>();
  /** Requests whose answer the one who asked is told of. */
  private readonly asked = new WeakMap<ExchangeRequest, Asked>();

  /** @param isDoubled whether the next report is told twice */
  constructor(
    private readonly client: AnsweringClient,
    private readonly isDoubled: () => boolean,
  ) {
    // Resolved at once: the exchange is in this process.
    void client.connect((report, answers) => this.tell(report, answers));
  }

  /** Number of the last report. */
  get lastSequence(): number {
    return this.sequence;
  }

  /** Who is on the line. */
  get connections(): number {
    return this.listening.size;
  }

  join(lines: JsonLines, at: TimeMs): void {
    this.listening.add(lines);
    lines.send({ type: 'welcome', sequence: this.sequence, at } satisfies ExchangeWord);
  }

  leave(lines: JsonLines): void {
    this.listening.delete(lines);
  }

  request(lines: JsonLines, number: number, request: ExchangeRequest): void {
    this.asked.set(request, { lines, number });
    this.client.send(request);
  }

  /** The answer to it will not be known as one: who has asked waits in vain. */
  forget(request: ExchangeRequest): void {
    this.asked.delete(request);
  }

  /** Breaks every line off. */
  cut(reason: string): void {
    for (const lines of [...this.listening]) lines.destroy(reason);
  }

  private tell(report: ExchangeReport, answers: ExchangeRequest | null): void {
    // The mock exchange plays its client's part too; here that is at the other end of the line.
    if (report.type === 'request_unknown' || report.type === 'reconnected') return;
    const asked = answers === null ? undefined : this.asked.get(answers);
    this.write(report, asked);
    if (this.isDoubled()) this.write(report, undefined);
  }

  private write(report: ExchangeReport, asked: Asked | undefined): void {
    this.sequence += 1;
    for (const lines of this.listening) {
      const answers = asked?.lines === lines ? asked.number : null;
      lines.send({ type: 'report', sequence: this.sequence, answers, report } satisfies ExchangeWord);
      if (lines.unsent > MOST_UNREAD) lines.destroy(`${MOST_UNREAD} bytes of reports have not been read`);
    }
  }
}
