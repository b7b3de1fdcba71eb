import type { MarketRecording } from '@bowline/ports';

export interface RecordedLevel {
  readonly isBid: boolean;
  readonly price: number;
  readonly quantity: number;
}

/** A recording that grows message by message. */
export class RecordingColumns {
  private readonly time: number[] = [];
  private readonly kind: number[] = [];
  private readonly update: number[] = [];
  private readonly first: number[] = [0];
  private readonly isBid: number[] = [];
  private readonly price: number[] = [];
  private readonly quantity: number[] = [];

  add(time: number, kind: number, update: number, levels: readonly RecordedLevel[]): void {
    this.time.push(time);
    this.kind.push(kind);
    this.update.push(update);
    for (const { isBid, price, quantity } of levels) {
      this.isBid.push(Number(isBid));
      this.price.push(price);
      this.quantity.push(quantity);
    }
    this.first.push(this.price.length);
  }

  finished(): MarketRecording {
    return {
      length: this.time.length,
      time: Float64Array.from(this.time),
      kind: Uint8Array.from(this.kind),
      update: Float64Array.from(this.update),
      first: Uint32Array.from(this.first),
      levels: {
        isBid: Uint8Array.from(this.isBid),
        price: Float64Array.from(this.price),
        quantity: Float64Array.from(this.quantity),
      },
    };
  }
}
