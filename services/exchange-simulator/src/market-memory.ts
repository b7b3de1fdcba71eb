import type { Ticks, TimeMs } from '@bowline/domain';
import type { Journal } from '@bowline/ports';

type Note =
  { readonly began: TimeMs } | { readonly exchange: string; readonly symbol: string; readonly price: Ticks };

/** What the markets have to know of earlier starts: when they first began, and where prices were moved to. */
export class MarketMemory {
  private constructor(
    private readonly journal: Journal,
    readonly began: TimeMs,
    private readonly prices: Map<string, Ticks>,
  ) {}

  /** @param now when they begin, where they never have */
  static async open(journal: Journal, now: TimeMs): Promise<MarketMemory> {
    let began: TimeMs | null = null;
    const prices = new Map<string, Ticks>();
    for await (const { record } of journal.readAfter(0)) {
      const note = JSON.parse(record) as Note;
      if ('began' in note) began = note.began;
      else prices.set(JSON.stringify([note.exchange, note.symbol]), note.price);
    }
    const memory = new MarketMemory(journal, began ?? now, prices);
    if (began === null) await memory.write({ began: now });
    return memory;
  }

  /** Where a price was moved to; null: nowhere. */
  priceOf(exchange: string, symbol: string): Ticks | null {
    return this.prices.get(JSON.stringify([exchange, symbol])) ?? null;
  }

  /** Resolves once it is durable. */
  moved(exchange: string, symbol: string, price: Ticks): Promise<void> {
    this.prices.set(JSON.stringify([exchange, symbol]), price);
    return this.write({ exchange, symbol, price });
  }

  private write(note: Note): Promise<void> {
    return this.journal.append(this.journal.sequence + 1, JSON.stringify(note));
  }
}
