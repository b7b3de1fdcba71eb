import type { Instrument } from '@bowline/domain';
import type { OrderFilters } from '@bowline/ports';
import { z } from 'zod';
import type { Traded } from './account/context.js';
import type { Answer, CcxtSession } from './ccxt/session.js';
import { CcxtSetupError } from './ccxt/shape.js';
import { market, marketOf, toFilters, unitsDiffer, type Market } from './parse/market.js';

/** A market that nobody can read is none: exchanges have thousands, of which we trade a few. */
const all = z
  .record(z.string(), market.nullable().catch(null))
  .transform((byName) => Object.values(byName).filter((each) => each !== null));

/** The markets of an exchange that our instruments are. */
export class Markets {
  private found: ReadonlyMap<Instrument, Market | string> = new Map();

  constructor(
    private readonly session: CcxtSession,
    private readonly exchange: string,
    private readonly instruments: readonly Instrument[],
  ) {}

  /** Reads them. @param again once they were read: what the exchange had answered before is forgotten */
  async load(again: boolean): Promise<Answer<null>> {
    const answer = await this.session.call('the markets', all, (exchange) => exchange.loadMarkets(again));
    if (answer.kind !== 'ok') return answer;
    this.found = new Map(this.instruments.map((each) => [each, checked(each, answer.value)]));
    return { kind: 'ok', value: null };
  }

  /** @throws CcxtSetupError where an instrument is not there, or counts in other units */
  traded(): readonly Traded[] {
    return this.instruments.map((instrument) => {
      const found = this.found.get(instrument) ?? 'its markets were not read yet';
      if (typeof found !== 'string') return { instrument, market: found.symbol };
      throw new CcxtSetupError(`${this.exchange}: ${found}; correct the instruments of the configuration`);
    });
  }

  /** What the exchange demands of orders. One whose units have changed is not traded. */
  filters(maxConditionalOrders: number | null): readonly OrderFilters[] {
    return [...this.found].map(([instrument, found]) =>
      typeof found === 'string'
        ? closed(instrument.symbol)
        : toFilters(instrument, found, maxConditionalOrders),
    );
  }
}

function checked(instrument: Instrument, markets: readonly Market[]): Market | string {
  const found = marketOf(instrument, markets);
  return typeof found === 'string' ? found : (unitsDiffer(instrument, found) ?? found);
}

function closed(symbol: string): OrderFilters {
  return {
    ...{
      symbol,
      trading: false,
      minQty: null,
      maxQty: null,
      marketMaxQty: null,
      minPrice: null,
      maxPrice: null,
    },
    ...{ minNotional: null, minNotionalOfClosing: false, percentPrice: null },
    ...{ maxOpenOrders: null, maxConditionalOrders: null },
  };
}
