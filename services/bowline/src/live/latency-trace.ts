import { createTally, observe, samplesOf, type Sample, type Tally } from '@bowline/contracts';
import type { Envelope } from '@bowline/engine';
import type { Bus, BusMessage, ExchangeReport, ExchangeRequest } from '@bowline/ports';

/** Causes that are remembered: a chain is three messages long, and is over within moments. */
const REMEMBERED = 20_000;

/** Measures in wall time how long a signal takes until its entry is handed to the exchange, and until it is acknowledged. */
export class LatencyTrace {
  private readonly tally: Tally<'execution-gateway'> = createTally();
  /** When the signal at the beginning of the chain was accepted, by message. */
  private readonly begun = new Map<string, number>();
  private readonly sent = new Map<string, number>();

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
    if (topic.startsWith('signals.')) return remember(this.begun, id, performance.now());
    // The chain: order-intents, then orders.
    if (!topic.startsWith('order') || cause === null) return;
    const begun = this.begun.get(cause);
    if (begun !== undefined) remember(this.begun, id, begun);
  }

  requested(clientId: string, exchange: string, request: ExchangeRequest, { id }: Pick<Envelope, 'id'>): void {
    if (request.type !== 'place' || request.terms.key.leg !== 'e') return;
    const begun = this.begun.get(id);
    if (begun === undefined) return;
    remember(this.sent, request.clientOrderId, begun);
    const labels = { symbol: request.symbol, exchange, client_id: clientId };
    observe(this.tally, 'bowline_signal_to_send_seconds', labels, (performance.now() - begun) / 1000);
  }

  reported(clientId: string, exchange: string, report: ExchangeReport): void {
    if (report.type !== 'order' || report.execType !== 'accept') return;
    const begun = this.sent.get(report.clientOrderId);
    if (begun === undefined) return;
    this.sent.delete(report.clientOrderId);
    const labels = { symbol: report.symbol, exchange, client_id: clientId };
    observe(this.tally, 'bowline_signal_to_ack_seconds', labels, (performance.now() - begun) / 1000);
  }

  samples(): Iterable<Sample<'execution-gateway'>> {
    return samplesOf(this.tally);
  }
}

function remember(map: Map<string, number>, key: string, value: number): void {
  map.set(key, value);
  if (map.size > REMEMBERED) map.delete(map.keys().next().value!);
}
