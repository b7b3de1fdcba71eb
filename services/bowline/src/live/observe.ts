import {
  count,
  createTally,
  observe,
  samplesOf,
  traceIdOf,
  type RoleName,
  type Sample,
  type Tally,
} from '@bowline/contracts';
import type { DeadLetter, Envelope, RunnerObserver } from '@bowline/engine';
import type { Logger } from '@bowline/ports';

/** A message that must not be skipped and fails again and again. */
export interface Quarantine {
  readonly shard: string;
  /** Empty where it is none of the bus. */
  readonly messageId: string;
  readonly error: string;
  /** Wall time. */
  readonly since: Date;
}

/** Counts and logs what happens to the runners of a process, for all of its roles. */
export class RunnerWatch implements RunnerObserver {
  private readonly tally: Tally<'every-role'> = createTally();
  private readonly recoveries = new Map<string, number>();
  readonly quarantines = new Map<string, Quarantine>();

  constructor(
    private readonly logger: Logger,
    /** Called once where a shard has stopped: nothing it does is durable any more. */
    private readonly onStopped: (error: Error) => void,
    private readonly onAppended: () => void,
  ) {}

  appended(shard: string, milliseconds: number): void {
    observe(this.tally, 'bowline_journal_append_seconds', { role: partsOf(shard).role }, milliseconds / 1000);
    this.onAppended();
  }

  duplicate(shard: string): void {
    count(this.tally, 'bowline_inbox_duplicates_total', partsOf(shard));
  }

  fenced(shard: string, envelope: Envelope): void {
    const { epoch, id: messageId, source } = envelope;
    const said = { shard, source, epoch, messageId, ...traceOf(envelope) };
    this.logger.warn(said, 'refused: the sender has been replaced');
  }

  parked({ at: _, ...letter }: DeadLetter, envelope: Envelope): void {
    count(this.tally, 'bowline_dead_letters_total', partsOf(letter.shard));
    this.logger.error({ ...letter, ...traceOf(envelope) }, 'a message was put aside');
  }

  quarantined(shard: string, error: Error | null): void {
    if (error === null) {
      this.quarantines.delete(shard);
      this.logger.info({ shard }, 'the message that failed went through');
      return;
    }
    this.quarantines.set(shard, { shard, messageId: '', error: error.message, since: new Date() });
    this.logger.error({ shard, error }, 'a message that must not be skipped fails: the shard waits for it');
  }

  /** Which message it is that the shard cannot get past. */
  stuckAt(shard: string, messageId: string): void {
    const found = this.quarantines.get(shard);
    if (found !== undefined) this.quarantines.set(shard, { ...found, messageId });
  }

  stopped(shard: string, error: Error): void {
    this.logger.error({ shard, error }, 'the journal refuses: the shard has stopped');
    this.onStopped(error);
  }

  recovered(shard: string, records: number, milliseconds: number): void {
    this.recoveries.set(shard, milliseconds / 1000);
    if (records > 0) this.logger.info({ shard, records, milliseconds }, 'read from the journal');
  }

  *samples(): Iterable<Sample<'every-role'>> {
    yield* samplesOf(this.tally);
    for (const [shard, value] of this.recoveries) {
      yield { series: 'bowline_recovery_seconds', labels: partsOf(shard), value };
      const waits = this.quarantines.has(shard) ? 1 : 0;
      yield { series: 'bowline_quarantined_keys', labels: partsOf(shard), value: waits };
    }
  }
}

/** The trace of a message, for a log; nothing where it has none. */
export function traceOf({ traceparent }: Pick<Envelope, 'traceparent'>): { readonly trace?: string } {
  return traceparent === undefined ? {} : { trace: traceIdOf(traceparent) };
}

/** `oco-manager/ikenna.binance-usdm.BTCUSDT`: its role, and what of it. */
export function partsOf(shard: string): { readonly role: RoleName; readonly shard: string } {
  const slash = shard.indexOf('/');
  return { role: shard.slice(0, slash) as RoleName, shard: shard.slice(slash + 1) };
}
