import {
  CASH_SCALE,
  cashOf,
  divHalfUp,
  parseDecimal,
  quantityToLots,
  type Cash,
  type Decimal,
  type Instrument,
  type Lots,
  type TimeMs,
} from '@bowline/domain';
import type { Logger } from '@bowline/ports';
import { explain, type CcxtSession } from '../ccxt/session.js';
import type { Trade } from '../parse/account.js';
import { candles } from '../parse/public.js';
import type { ExchangeProfile } from '../profiles.js';

const MINUTE_MS = 60_000;
/** Minutes whose prices are kept. */
const REMEMBERED = 1_000;

export interface TradeFee {
  /** In the settlement currency. */
  readonly fee: Cash;
  /** What was kept of the base currency, in whole lots, rounded down; what is left of it is in `fee`. */
  readonly feeBaseLots: Lots;
}

/**
 * What fees are worth in the settlement currency. One that is paid in another asset is valued at the price with which
 * the minute of its trade began, and in the base currency at the trade's own: whoever asks later gets the same.
 */
export class Fees {
  private readonly prices = new Map<string, Decimal>();

  constructor(
    private readonly session: CcxtSession,
    private readonly profile: Pick<ExchangeProfile, 'feeIn'>,
    private readonly logger: Logger,
  ) {}

  async of(instrument: Instrument, { fee, fees, info, price, timestamp }: Trade): Promise<TradeFee> {
    const told = fees === null || fees.length === 0 ? [fee] : fees;
    const all = this.profile.feeIn === null ? told : [this.profile.feeIn(info)];
    let [sum, feeBaseLots] = [0n, 0];
    for (const each of all) {
      // A double has sixteen digits of a fee, and the ledger has no use for more of them.
      const cost = parseDecimal(String(each?.cost ?? ''));
      if (cost === null || cost.units === 0n) continue;
      const asset = each?.currency ?? instrument.settle;
      if (instrument.kind === 'spot' && asset === instrument.base) {
        const lots = cost.units > 0n ? (quantityToLots(instrument, cost) ?? 0) : 0;
        feeBaseLots += lots;
        sum += valueOf(less(cost, instrument.lot, lots), price);
      } else if (asset === instrument.settle) sum += rounded(cost);
      else {
        const worth = await this.priceOf(asset, instrument.settle, timestamp);
        if (worth !== null) sum += valueOf(cost, worth);
      }
    }
    return { fee: sum, feeBaseLots };
  }

  private async priceOf(asset: string, settle: string, at: TimeMs): Promise<Decimal | null> {
    const since = at - (at % MINUTE_MS);
    const key = `${asset}/${since}`;
    const kept = this.prices.get(key);
    if (kept !== undefined) return kept;
    const { markets } = this.session.exchange;
    const market = [`${asset}/${settle}`, `${asset}/${settle}:${settle}`].find(
      (each) => each in (markets ?? {}),
    );
    const answer =
      market === undefined
        ? ({ kind: 'unknown', message: `there is no market of ${asset} and ${settle}` } as const)
        : await this.session.call(`the price of ${market}`, candles, (exchange) =>
            exchange.fetchOHLCV(market, '1m', since, 1),
          );
    const candle = answer.kind === 'ok' ? answer.value.find(({ openTime }) => openTime === since) : undefined;
    if (candle === undefined) {
      const reason = answer.kind === 'ok' ? 'there is no candle' : explain(answer);
      // A fill is not held back for its fee: what is missing is in the balance.
      this.logger.error(
        { asset, settle, at, reason },
        'a fee in another asset cannot be valued and counts as 0',
      );
      return null;
    }
    if (this.prices.size >= REMEMBERED) this.prices.clear();
    this.prices.set(key, candle.open);
    return candle.open;
  }
}

/** What is left of it without so many lots. */
function less(value: Decimal, lot: Decimal, lots: Lots): Decimal {
  const scale = Math.max(value.scale, lot.scale);
  const units =
    value.units * 10n ** BigInt(scale - value.scale) -
    BigInt(lots) * lot.units * 10n ** BigInt(scale - lot.scale);
  return { units, scale };
}

function valueOf(quantity: Decimal, price: Decimal): Cash {
  return rounded({ units: quantity.units * price.units, scale: quantity.scale + price.scale });
}

function rounded(value: Decimal): Cash {
  return cashOf(value) ?? divHalfUp(value.units, 10n ** BigInt(value.scale - CASH_SCALE));
}
