import type { OrderActivity, TimeMs } from '@bowline/domain';

/** A line of the log, and when the account can read it. */
export interface LogLine {
  readonly activity: OrderActivity;
  readonly symbol: string;
  readonly shownAt: TimeMs;
}

/** What has happened to an account's orders, in order, and shown some seconds late. */
export class OrderLog {
  private readonly lines: LogLine[] = [];

  /** @param lagOf how much later a line is shown */
  constructor(private readonly lagOf: (activityId: string) => number) {}

  append(activity: OrderActivity, symbol: string): LogLine {
    // Lines are shown in their order.
    const shownAt = Math.max(this.lines.at(-1)?.shownAt ?? 0, activity.at + this.lagOf(activity.activityId));
    const line = { activity, symbol, shownAt };
    this.lines.push(line);
    return line;
  }

  /** What can be read now and comes after the line that is named; all of it where that is not there. */
  after(activityId: string | null, now: TimeMs): readonly LogLine[] {
    const at = this.lines.findIndex(({ activity }) => activity.activityId === activityId);
    return this.lines.slice(at + 1).filter(({ shownAt }) => shownAt <= now);
  }

  /** All of it, also what is not shown yet. */
  get all(): readonly LogLine[] {
    return this.lines;
  }
}
