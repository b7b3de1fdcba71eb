import {
  CASH_SCALE,
  cashOf,
  divHalfUp,
  type Cash,
  type Decimal,
  type Instrument,
  type TimeMs,
} from '@bowline/domain';
import type { Logger } from '@bowline/ports';
import { explain, type BinanceRest } from '../http/rest.js';
import { klines } from '../parse/public.js';

const MINUTE_MS = 60_000;
/** Minutes whose prices are kept. */
const REMEMBERED = 1_000;

/**
 * What fees are worth in the settlement currency. One that is paid in another asset (BNB) is valued at the price with
 * which the minute of its trade began: whoever asks later gets the same.
 */
export class Fees {
  private readonly prices = new Map<string, Decimal>();

  constructor(
    private readonly rest: BinanceRest,
    private readonly logger: Logger,
  ) {}

  async valueOf(
    instrument: Instrument,
    fee: Decimal | null,
    asset: string | null,
    at: TimeMs,
  ): Promise<Cash> {
    if (fee === null || fee.units === 0n) return 0n;
    if (asset === null || asset === instrument.settle) return rounded(fee);
    const price = await this.priceOf(`${asset}${instrument.settle}`, at);
    if (price === null) return 0n;
    return rounded({ units: fee.units * price.units, scale: fee.scale + price.scale });
  }

  private async priceOf(symbol: string, at: TimeMs): Promise<Decimal | null> {
    const startTime = at - (at % MINUTE_MS);
    const key = `${symbol}/${startTime}`;
    const kept = this.prices.get(key);
    if (kept !== undefined) return kept;
    const answer = await this.rest.publicData('klines', klines, {
      symbol,
      interval: '1m',
      startTime,
      limit: 1,
    });
    const [candle] = answer.kind === 'ok' ? answer.value : [];
    if (candle === undefined) {
      const reason = answer.kind === 'ok' ? 'there is no candle' : explain(answer);
      // A fill is not held back for its fee: what is missing is in the balance.
      this.logger.error({ symbol, at, reason }, 'a fee in another asset cannot be valued and counts as 0');
      return null;
    }
    if (this.prices.size >= REMEMBERED) this.prices.clear();
    this.prices.set(key, candle.open);
    return candle.open;
  }
}

function rounded(value: Decimal): Cash {
  return cashOf(value) ?? divHalfUp(value.units, 10n ** BigInt(value.scale - CASH_SCALE));
}
