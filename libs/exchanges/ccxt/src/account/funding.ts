import { divHalfEven, type Decimal, type Instrument, type Ticks, type TimeMs } from '@bowline/domain';
import { parseDecimal } from '@bowline/domain';
import { explain } from '../ccxt/session.js';
import { fundingRates, fundings } from '../parse/account.js';
import { candles } from '../parse/public.js';
import type { AccountContext, Traded } from './context.js';

/** An exchange books a funding within this time of its instant. */
const BOOKED_WITHIN_MS = 15 * 60_000;
const MINUTE_MS = 60_000;
const REMEMBERED = 10_000;

/**
 * Tells funding, from the account's history of it: the price and the rate are in that of the market. Told once each,
 * since `start`.
 */
export class Funding {
  private readonly told = new Set<string>();
  private readonly from = new Map<string, TimeMs>();
  private reading: Promise<void> = Promise.resolve();

  constructor(
    private readonly context: AccountContext,
    /** The exchange's time. */
    private readonly start: TimeMs,
  ) {}

  /** Asks for what was booked since the last time. One after the other. */
  ask(): Promise<void> {
    this.reading = this.reading.then(async () => {
      const { has } = this.context.session.exchange;
      if (has['fetchFundingHistory'] !== true || has['fetchFundingRateHistory'] !== true) return;
      for (const traded of this.context.traded.values())
        if (traded.instrument.kind === 'perpetual') await this.read(traded);
    });
    return this.reading;
  }

  private async read(traded: Traded): Promise<void> {
    const { account, logger, session } = this.context;
    const { instrument, market } = traded;
    const { symbol } = instrument;
    const since = this.from.get(symbol) ?? this.start;
    const booked = await session.call(`the funding of ${symbol}`, fundings, (exchange) =>
      exchange.fetchFundingHistory(market, since),
    );
    if (booked.kind !== 'ok')
      return logger.error(
        { account, reason: explain(booked) },
        'funding could not be read; it is asked for again',
      );
    for (const { id, timestamp } of [...booked.value].sort((a, b) => a.timestamp - b.timestamp)) {
      const key = `funding/${symbol}/${id ?? timestamp}`;
      if (timestamp < since || this.told.has(key)) continue;
      const known = await this.rateAt(traded, timestamp);
      if (known === null)
        return logger.error(
          { account, symbol, timestamp },
          'the rate of a funding could not be read; it is asked for again',
        );
      const { price, rate } = known;
      this.remember(key);
      this.from.set(symbol, timestamp);
      const fact = { type: 'funding', symbol, price, rateUnits: rate.units, rateScale: rate.scale } as const;
      this.context.tell({ id: key, at: timestamp, ...fact });
    }
  }

  private async rateAt(
    { instrument, market }: Traded,
    time: TimeMs,
  ): Promise<{ readonly price: Ticks; readonly rate: Decimal } | null> {
    const { session } = this.context;
    const rates = await session.call(`the funding rates of ${market}`, fundingRates, (exchange) =>
      exchange.fetchFundingRateHistory(market, time - BOOKED_WITHIN_MS, 100, { until: time }),
    );
    const last =
      rates.kind === 'ok' ? rates.value.filter(({ timestamp }) => timestamp <= time).at(-1) : undefined;
    if (last === undefined) return null;
    const told = last.info['markPrice'];
    const mark = typeof told === 'string' ? parseDecimal(told) : await this.markAt(market, last.timestamp);
    return mark === null ? null : { price: nearestTicks(instrument, mark), rate: last.fundingRate };
  }

  /** The mark price with which a minute began. */
  private async markAt(market: string, time: TimeMs): Promise<Decimal | null> {
    const since = time - (time % MINUTE_MS);
    const answer = await this.context.session.call(`the mark price of ${market}`, candles, (exchange) =>
      exchange.fetchOHLCV(market, '1m', since, 1, { price: 'mark' }),
    );
    const candle = answer.kind === 'ok' ? answer.value.find(({ openTime }) => openTime === since) : undefined;
    return candle?.open ?? null;
  }

  private remember(key: string): void {
    this.told.add(key);
    const [oldest] = this.told;
    if (this.told.size > REMEMBERED && oldest !== undefined) this.told.delete(oldest);
  }
}

/** Mark prices lie between ticks. */
function nearestTicks({ tick }: Instrument, price: Decimal): Ticks {
  const dividend = price.units * 10n ** BigInt(tick.scale);
  return Number(divHalfEven(dividend, tick.units * 10n ** BigInt(price.scale)));
}
