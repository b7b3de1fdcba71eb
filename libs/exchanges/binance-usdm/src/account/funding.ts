import { explain, nearestTicks } from '@bowline/exchange-binance-common';
import type { TimeMs } from '@bowline/domain';
import { fundingRates, incomes } from '../parse/rest.js';
import type { AccountContext } from './context.js';

/** The exchange books a funding within this time of its instant. */
const BOOKED_WITHIN_MS = 15 * 60_000;
const PAGE = 1_000;
/** The history may lag behind the stream: how often it is looked at again, and after how long. */
const LOOKS = 5;
const LOOK_AGAIN_MS = 2_000;

/**
 * Tells funding. The stream says that there was some, and not in which symbol; the price and the rate are in the
 * exchange's history. Told once each, since `start`.
 */
export class Funding {
  private readonly told = new Set<string>();
  private from: TimeMs;
  private stopWaiting: () => void = () => undefined;
  private isClosed = false;
  private reading: Promise<number> = Promise.resolve(0);

  constructor(
    private readonly context: AccountContext,
    /** The exchange's time. */
    start: TimeMs,
  ) {
    this.from = start;
  }

  /** The stream says that there was some: asks until it is found. */
  async expect(): Promise<void> {
    const { account, clock, logger } = this.context;
    for (let looks = 0; looks < LOOKS; looks += 1) {
      if ((await this.ask()) > 0 || this.isClosed) return;
      await new Promise<void>((resolve) => {
        this.stopWaiting = clock.callAt(clock.now() + LOOK_AGAIN_MS, resolve);
      });
    }
    logger.warn({ account }, 'funding that the stream speaks of is not in the history yet');
  }

  /** Whoever expects something waits no longer. */
  close(): void {
    this.stopWaiting();
    this.isClosed = true;
  }

  /** Asks for what was booked since the last time, one question after the other; how much of it was new. */
  ask(): Promise<number> {
    this.reading = this.reading.then(() => this.read());
    return this.reading;
  }

  private async read(): Promise<number> {
    const { account, instruments, logger, rest } = this.context;
    const params = { incomeType: 'FUNDING_FEE', startTime: this.from, limit: PAGE };
    const answer = await rest.signed('GET', '/fapi/v1/income', incomes, params);
    if (answer.kind !== 'ok') {
      logger.error({ account, reason: explain(answer) }, 'funding could not be read; it is asked for again');
      return 0;
    }
    let told = 0;
    for (const { symbol, time, tranId } of answer.value) {
      if (this.told.has(tranId)) continue;
      const instrument = instruments.get(symbol);
      if (instrument === undefined) {
        // What the stream spoke of was in a symbol that is not traded here.
        this.told.add(tranId);
        told += 1;
        continue;
      }
      const startTime = time - BOOKED_WITHIN_MS;
      const range = { symbol, startTime, endTime: time, limit: PAGE };
      const rates = await rest.get('/fapi/v1/fundingRate', fundingRates, range);
      const last = rates.kind === 'ok' ? rates.value.at(-1) : undefined;
      if (last === undefined || last.markPrice === null) {
        logger.error(
          { account, symbol, time },
          'the rate of a funding could not be read; it is asked for again',
        );
        return told;
      }
      this.told.add(tranId);
      told += 1;
      const { markPrice, fundingRate } = last;
      const rate = { rateUnits: fundingRate.units, rateScale: fundingRate.scale };
      const price = nearestTicks(instrument, markPrice);
      this.context.tell({
        id: `funding/${symbol}/${tranId}`,
        at: time,
        type: 'funding',
        symbol,
        price,
        ...rate,
      });
    }
    this.forget(answer.value.at(-1)?.time);
    return told;
  }

  /** What is asked for next begins where this has ended; what was told at that instant is remembered. */
  private forget(until: TimeMs | undefined): void {
    if (until !== undefined) this.from = Math.max(this.from, until);
    if (this.told.size <= 10 * PAGE) return;
    const [oldest] = this.told;
    if (oldest !== undefined) this.told.delete(oldest);
  }
}
