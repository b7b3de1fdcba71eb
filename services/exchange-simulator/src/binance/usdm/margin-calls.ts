import type { TimeMs } from '@bowline/domain';
import { cashText, priceText } from '../common/decimal-text.js';
import type { UserEvent } from '../common/user-streams.js';
import type { Books } from './books.js';
import { amountText, marginOf, positionFigures, sidesOf } from './position-json.js';

/** Share of the equity that the maintenance margin has to reach, in percent. */
const CALL_AT_PERCENT = 80n;

/** Warns accounts whose positions come near to being liquidated: once, until they are well again. */
export class MarginCalls {
  private readonly called = new Set<string>();

  constructor(private readonly books: Books) {}

  /** What an account is told now that the symbol is marked anew; null: nothing. */
  check(account: string, symbol: string, at: TimeMs): UserEvent | null {
    const { settle } = this.books.listed(symbol).instrument;
    const { equity, maintenance, wallet } = marginOf(this.books, account, settle);
    const key = JSON.stringify([account, settle]);
    if (maintenance === 0n || maintenance * 100n < equity * CALL_AT_PERCENT) {
      this.called.delete(key);
      return null;
    }
    if (this.called.has(key)) return null;
    this.called.add(key);
    const settings = this.books.exchange.settingsOf(account);
    const held = this.books
      .listedIn(settle)
      .flatMap((listed) =>
        sidesOf(this.books, account).map((side) => positionFigures(this.books, account, listed, side)),
      )
      .filter((figures) => figures.held !== null);
    return {
      e: 'MARGIN_CALL',
      E: at,
      cw: cashText(wallet),
      p: held.map((figures) => {
        const { instrument } = figures.listed;
        return {
          s: instrument.symbol,
          ps: figures.positionSide,
          pa: amountText(figures),
          mt: settings.isIsolated(instrument.symbol) ? 'ISOLATED' : 'CROSSED',
          iw: '0',
          mp: priceText(instrument, this.books.markPrice(instrument.symbol)),
          up: cashText(figures.unrealized),
          mm: cashText(figures.maintenanceMargin),
        };
      }),
    };
  }
}
