import { quantityText, sumOfShares, type Lots, type TimeMs } from '@bowline/domain';
import type { OcoManagers } from '@bowline/engine';
import type { ExchangeBook } from '@bowline/exchange-simulator';

/** A channel whose shares did not add up to what the exchange holds, for longer than a report travels. */
export interface ShareDifference {
  readonly channel: string;
  readonly sumOfShares: Lots;
  readonly exchangeQty: Lots;
  readonly since: TimeMs;
}

/**
 * The running check that the sum of all shares is the exchange position, against the exchange's own books. A trade
 * is news here until its report has arrived: a difference counts once it is older than that takes.
 */
export class ShareChecks {
  checked = 0;
  violated = 0;
  private readonly open = new Map<string, TimeMs>();
  private readonly found = new Map<string, ShareDifference>();

  constructor(
    private readonly managers: OcoManagers,
    private readonly exchanges: ReadonlyMap<string, Pick<ExchangeBook, 'signedQty'>>,
    /** Longer than any report is on its way, milliseconds of the desk's time. */
    private readonly travelMs: number,
  ) {}

  /** Compares every channel as it is now. Called where everything that has arrived has been dealt with. */
  check(now: TimeMs): void {
    for (const { layout, runner } of this.managers.shards) {
      const { clientId, exchange, symbol } = layout.name;
      const held = sumOfShares(runner.state.channel);
      const exchangeQty = this.exchanges.get(exchange)!.signedQty(clientId, symbol);
      this.checked += 1;
      if (held === exchangeQty) {
        this.open.delete(layout.key);
        continue;
      }
      const since = this.open.get(layout.key) ?? now;
      this.open.set(layout.key, since);
      if (now - since <= this.travelMs) continue;
      this.violated += 1;
      this.found.set(layout.key, { channel: layout.key, sumOfShares: held, exchangeQty, since });
    }
  }

  /** How every channel stands at this moment. */
  now(): readonly { readonly channel: string; readonly sumOfShares: string; readonly exchangeQty: string }[] {
    return this.managers.shards.map(({ layout: { instrument, key, name }, runner }) => ({
      channel: key,
      sumOfShares: quantityText(instrument, sumOfShares(runner.state.channel)),
      exchangeQty: quantityText(
        instrument,
        this.exchanges.get(name.exchange)!.signedQty(name.clientId, name.symbol),
      ),
    }));
  }

  /** The last difference of each channel that ever had one. */
  differences(): readonly ShareDifference[] {
    return [...this.found.values()];
  }
}
