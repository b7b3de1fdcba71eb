import { createTally, observe, samplesOf, type Sample, type Tally } from '@bowline/contracts';
import type { Envelope } from '@bowline/engine';
import type { Bus, BusMessage, ExchangeReport, ExchangeRequest } from '@bowline/ports';

/** Causes that are remembered at least: a chain is three messages long, and is over within moments. */
const REMEMBERED = 10_000;

/** Measures in wall time how long a signal takes until its entry is handed to the exchange, and until it is acknowledged. */
export class LatencyTrace {
  private readonly tally: Tally<'execution-gateway'> = createTally();
  /** When the signal at the beginning of the chain was accepted, by message. */
  private readonly begun = new RecentTimes();
  private readonly sent = new RecentTimes();

  /** The bus, with the trace looking on at what is published. */
  over(bus: Bus): Bus {
    return {
      publish: (message) => {
        this.published(message);
        return bus.publish(message);
      },
      subscribe: (options) => bus.subscribe(options),
      backlog: () => bus.backlog(),
      close: () => bus.close(),
    };
  }

  private published({ cause, id, topic }: BusMessage): void {
    if (topic.startsWith('signals.')) return this.begun.set(id, performance.now());
    // The chain: order-intents, then orders.
    if (!topic.startsWith('order') || cause === null) return;
    const begun = this.begun.get(cause);
    if (begun !== undefined) this.begun.set(id, begun);
  }

  requested(
    clientId: string,
    exchange: string,
    request: ExchangeRequest,
    { id }: Pick<Envelope, 'id'>,
  ): void {
    if (request.type !== 'place' || request.terms.key.leg !== 'e') return;
    const begun = this.begun.get(id);
    if (begun === undefined) return;
    this.sent.set(request.clientOrderId, begun);
    const labels = { symbol: request.symbol, exchange, client_id: clientId };
    observe(this.tally, 'bowline_signal_to_send_seconds', labels, (performance.now() - begun) / 1000);
  }

  reported(clientId: string, exchange: string, report: ExchangeReport): void {
    if (report.type !== 'order' || report.execType !== 'accept') return;
    const begun = this.sent.take(report.clientOrderId);
    if (begun === undefined) return;
    const labels = { symbol: report.symbol, exchange, client_id: clientId };
    observe(this.tally, 'bowline_signal_to_ack_seconds', labels, (performance.now() - begun) / 1000);
  }

  samples(): Iterable<Sample<'execution-gateway'>> {
    return samplesOf(this.tally);
  }
}

/** Times by name, the latest of them: in two maps, since taking the oldest out of one each time costs more than the rest. */
class RecentTimes {
  private latest = new Map<string, number>();
  private earlier = new Map<string, number>();

  set(name: string, time: number): void {
    this.latest.set(name, time);
    if (this.latest.size < REMEMBERED) return;
    this.earlier = this.latest;
    this.latest = new Map();
  }

  get(name: string): number | undefined {
    return this.latest.get(name) ?? this.earlier.get(name);
  }

  take(name: string): number | undefined {
    const time = this.get(name);
    this.latest.delete(name);
    this.earlier.delete(name);
    return time;
  }
}
