import { createInstrument, type Instrument } from '@bowline/domain';
import type { BarClosed, MarketUpdate } from '@bowline/ports';
import type { MarketSink, MarketSource, MarketTick } from './market-source.js';

export function perpetual(symbol: string, tickSize: string, lotSize = '0.001'): Instrument {
  return createInstrument({
    exchange: 'sim',
    symbol,
    kind: 'perpetual',
    base: symbol.replace('USDT', ''),
    quote: 'USDT',
    settle: 'USDT',
    multiplier: '1',
    inverse: false,
    tickSize,
    lotSize,
    minNotional: '0',
  });
}

export const BTC = perpetual('BTCUSDT', '0.1');
export const ETH = perpetual('ETHUSDT', '0.01');

/** What a source did, in its order. */
export type Happening =
  | { readonly what: 'tick'; readonly tick: MarketTick }
  | { readonly what: 'update'; readonly update: MarketUpdate }
  | { readonly what: 'bar'; readonly at: number; readonly bar: BarClosed };

/** Plays a source up to and with `until`, or to its end. */
export function play(
  open: (sink: MarketSink) => MarketSource,
  until = Number.POSITIVE_INFINITY,
): readonly Happening[] {
  const happened: Happening[] = [];
  const sink = { exchange: 'sim', onTick: (tick: MarketTick) => void happened.push({ what: 'tick', tick }) };
  const source = open(sink);
  let at = 0;
  source.onUpdate((update) => happened.push({ what: 'update', update }));
  source.onBar((bar) => happened.push({ what: 'bar', at, bar }));
  for (let next = source.nextTime(); next !== null && next <= until; next = source.nextTime()) {
    at = next;
    source.step();
  }
  return happened;
}

export function updatesOf(happened: readonly Happening[]): readonly MarketUpdate[] {
  return happened.flatMap((each) => (each.what === 'update' ? [each.update] : []));
}

export function ticksOf(happened: readonly Happening[]): readonly MarketTick[] {
  return happened.flatMap((each) => (each.what === 'tick' ? [each.tick] : []));
}

export function barsOf(happened: readonly Happening[]): readonly BarClosed[] {
  return happened.flatMap((each) => (each.what === 'bar' ? [each.bar] : []));
}
