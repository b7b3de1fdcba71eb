import { fieldErrorText, type Problem } from '@bowline/contracts';
import { compareCodePoints, type TimeMs } from '@bowline/domain';
import type { TimedSource } from '@bowline/engine';
import type { SignalRow } from '@bowline/ports';
import type { SignalIngest } from '@bowline/signal-ingest';

/** Rows of a reason that are named. */
const LISTED_ROWS = 5;

/** Why signals were refused, and which. */
export interface Refusal {
  readonly reason: string;
  readonly count: number;
  /** The first of them, by their rows. */
  readonly rows: readonly number[];
}

/** Hands recorded signals in, each when the clock has come to its own time, as a strategy would. */
export class ReplayedSignals implements TimedSource {
  /** Signals from before the first price, or after the end of the data: they are left out. */
  readonly outside: number;
  private readonly signals: readonly SignalRow[];
  private readonly refused = new Map<string, { count: number; readonly rows: number[] }>();
  private failure: Error | null = null;
  private next = 0;

  constructor(
    signals: readonly SignalRow[],
    span: { readonly from: TimeMs; readonly to: TimeMs },
    private readonly ingest: Pick<SignalIngest, 'receive'>,
  ) {
    const within = signals.filter(({ time }) => time >= span.from && time <= span.to);
    this.outside = signals.length - within.length;
    this.signals = within.sort((a, b) => a.time - b.time || a.row - b.row);
  }

  /** By reason, in the order of their texts. */
  refusals(): readonly Refusal[] {
    return [...this.refused]
      .sort(([a], [b]) => compareCodePoints(a, b))
      .map(([reason, { count, rows }]) => ({ reason, count, rows }));
  }

  nextTime(): TimeMs | null {
    if (this.failure !== null) throw this.failure;
    return this.signals[this.next]?.time ?? null;
  }

  step(): void {
    const { row, ...said } = this.signals[this.next]!;
    this.next += 1;
    this.ingest.receive('simulation', { id: String(row), ...said }).then(
      (receipt) => {
        if (!receipt.taken) this.refuse(row, receipt.problem);
      },
      (error: unknown) => {
        this.failure = error instanceof Error ? error : new Error(String(error));
      },
    );
  }

  private refuse(row: number, { detail, errors, title }: Problem): void {
    const reason = errors?.map(fieldErrorText).join('; ') ?? detail ?? title;
    const known = this.refused.get(reason) ?? { count: 0, rows: [] };
    this.refused.set(reason, known);
    known.count += 1;
    if (known.rows.length < LISTED_ROWS) known.rows.push(row);
  }
}
