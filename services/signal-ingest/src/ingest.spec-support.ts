import { decodeJson, parseConfig, signalsTopic, type ClientSignal } from '@bowline/contracts';
import type { BusBacklog, BusMessage } from '@bowline/ports';
import type { IngestLimits } from './limits.js';
import { signalDirectory } from './signal-directory.js';
import { SignalIngest } from './signal-ingest.js';

/** The desk's time. */
export const NOW = Date.UTC(2025, 0, 6, 12);

export const DIRECTORY = signalDirectory(
  parseConfig(
    'clients: { ikenna: { exchanges: { okx: {} } }, odum: { exchanges: { okx: {} } } }',
    'desk.yaml',
  ),
  [
    { exchange: 'okx', symbol: 'BTCUSDT' },
    { exchange: 'okx', symbol: 'ETHUSDT' },
  ],
);

/** A bus that keeps what it is given, and confirms when it is told to. */
export class RecordingBus {
  readonly published: BusMessage[] = [];
  confirm: (message: BusMessage) => Promise<void> = () => Promise.resolve();
  waiting: readonly BusBacklog[] = [];

  publish(message: BusMessage): Promise<void> {
    this.published.push(message);
    return this.confirm(message);
  }

  backlog(): readonly BusBacklog[] {
    return this.waiting;
  }
}

/** Keeps what is logged, with what it is about. */
export class KeptLog {
  readonly lines: { readonly fields: Readonly<Record<string, unknown>>; readonly message: string }[] = [];
  readonly info = this.keep.bind(this);
  readonly warn = this.keep.bind(this);
  readonly error = this.keep.bind(this);

  private keep(fields: Readonly<Record<string, unknown>>, message: string): void {
    this.lines.push({ fields, message });
  }
}

/** An ingest over a bus of its own. */
export function testIngest(limits: Partial<IngestLimits> = {}) {
  const bus = new RecordingBus();
  const logger = new KeptLog();
  const ingest = new SignalIngest({ bus, clock: { now: () => NOW }, directory: DIRECTORY, limits, logger });
  return {
    bus,
    logger,
    ingest,
    /** What went out to the first of the clients. */
    signals: (): ClientSignal[] =>
      bus.published
        .filter(({ key }) => key === 'ikenna')
        .map(({ data }) => signalsTopic.parse(decodeJson(data))),
  };
}
