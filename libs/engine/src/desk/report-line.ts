import type { Clock, ExchangeReport } from '@bowline/ports';

/** How long it waits before a report that failed is tried again. */
const PAUSE_MS = 1_000;

/**
 * The line on which one account's exchange speaks. The exchange does not say a thing again because we have failed on it:
 * what fails stays here until it goes through, and is tried again after a pause, before whatever comes meanwhile.
 */
export class ReportLine {
  private readonly waiting: ExchangeReport[] = [];
  private stalled = false;

  constructor(
    private readonly handle: (report: ExchangeReport) => Promise<void>,
    private readonly clock: Clock,
    private readonly onFailure: (error: Error) => void,
  ) {}

  push(report: ExchangeReport): void {
    if (this.stalled) this.waiting.push(report);
    else this.try(report);
  }

  private try(report: ExchangeReport): void {
    this.handle(report).catch((error: unknown) => {
      this.onFailure(error instanceof Error ? error : new Error(String(error)));
      this.waiting.push(report);
      if (this.stalled) return;
      this.stalled = true;
      this.clock.callAt(this.clock.now() + PAUSE_MS, () => this.again());
    });
  }

  private again(): void {
    this.stalled = false;
    const waiting = this.waiting.splice(0);
    for (const report of waiting) this.push(report);
  }
}
