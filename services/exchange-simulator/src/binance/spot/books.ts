import type { Instrument, Ticks } from '@bowline/domain';
import type { AccountOptions, AssetBalance, CarriedOut, MockExchange } from '@bowline/exchange-simulator';
import { BinanceError } from '../common/binance-error.js';
import type { Parameters } from '../common/parameters.js';
import { OrderRecords, type OrderRecord } from './order-records.js';
import { SPOT_FILTERS, type SpotFilters } from './spot-filters.js';

/** A symbol as the dialect trades it. */
export interface Listed {
  readonly instrument: Instrument;
  readonly filters: SpotFilters;
}

/** Everything that the dialect's answers and events are made from. */
export class Books {
  readonly orders = new OrderRecords();
  /** What the request is called that is canceling at this moment; null: nobody's. */
  cancelId: string | null = null;
  private readonly symbols: ReadonlyMap<string, Listed>;

  /** @param exchangeOf asked for once it stands: what its log holds is told before */
  constructor(
    instruments: readonly Instrument[],
    private readonly terms: readonly AccountOptions[],
    filters: Partial<SpotFilters>,
    private readonly exchangeOf: () => MockExchange,
  ) {
    const demanded = { ...SPOT_FILTERS, ...filters };
    this.symbols = new Map(
      instruments.map((instrument) => [instrument.symbol, { instrument, filters: demanded }]),
    );
  }

  get exchange(): MockExchange {
    return this.exchangeOf();
  }

  /** Takes in what has happened. Returns the record of each report's order. */
  take(carriedOut: CarriedOut): readonly (OrderRecord | null)[] {
    return this.orders.take(carriedOut);
  }

  /** Throws a BinanceError on a symbol that is not traded here. */
  listed(symbol: string): Listed {
    const listed = this.symbols.get(symbol);
    if (listed === undefined) throw BinanceError.of(-1121);
    return listed;
  }

  /** The symbol that a request must name. Throws a BinanceError. */
  symbolOf(params: Parameters): Listed {
    return this.listed(params.requiredText('symbol'));
  }

  /** The symbol that a request may name, else all of them. Throws a BinanceError. */
  symbolsOf(params: Parameters): readonly Listed[] {
    const symbol = params.text('symbol');
    return symbol === null ? this.all() : [this.listed(symbol)];
  }

  all(): readonly Listed[] {
    return [...this.symbols.values()];
  }

  /** What the account was opened with. Throws a RangeError on an unknown one. */
  termsOf(account: string): AccountOptions {
    const terms = this.terms.find((each) => each.account === account);
    if (terms === undefined) throw new RangeError(`there is no account ${account}`);
    return terms;
  }

  /** Null while nothing has traded. */
  lastPrice(symbol: string): Ticks | null {
    return this.exchange.lastPrice(symbol);
  }

  /** What the account has of every asset that is traded here. */
  assets(account: string): readonly AssetBalance[] {
    const held = new Map(this.exchange.assets(account).map((each) => [each.asset, each]));
    const traded = this.all().flatMap(({ instrument }) => [instrument.base, instrument.settle]);
    return [...new Set([...traded, ...held.keys()])].map(
      (asset) => held.get(asset) ?? { asset, free: 0n, locked: 0n },
    );
  }
}
