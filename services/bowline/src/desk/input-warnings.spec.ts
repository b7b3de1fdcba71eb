import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '@bowline/contracts';
import type { Market } from '@bowline/engine';
import type { SignalRow } from '@bowline/ports';
import type { SymbolFile } from '../cli/values.js';
import { inputWarnings } from './input-warnings.js';

const SIZED = 'orderParams: { sizing: { fixedNotional: 100 } }';
const desk = (clients: string) => parseConfig(`clients:\n${clients}`, 'desk.yaml');
const ALL = desk(`  a: { exchanges: { okx: {} }, ${SIZED} }\n`);
const file = (symbol: string, exchange: string | null = null): SymbolFile => ({
  symbol,
  exchange,
  path: 'x.csv',
});
const market = (symbol: string, quote = 'USDT', exchange = 'okx') =>
  ({ exchange, symbol, instrument: { quote } }) as Market;
const signal = (strategyId: string, symbol: string): SignalRow => ({
  time: 0,
  strategyId,
  symbol,
  signal: 1,
  row: 1,
});
const BTC = market('BTCUSDT');
const LONG = signal('trend', 'BTCUSDT');

describe('what does not meet', () => {
  it('is nothing where everything does', () => {
    expect(inputWarnings(ALL, [file('BTCUSDT')], [file('BTCUSDT')], [BTC], [LONG])).toEqual([]);
  });

  it('are symbols of an account without bars', () => {
    const config = desk(`  a: { exchanges: { okx: { symbols: [BTCUSDT, ETHUSTD] } }, ${SIZED} }\n`);
    expect(inputWarnings(config, [file('BTCUSDT')], [], [BTC], [LONG])).toEqual([
      'clients.a.exchanges.okx.symbols: there are no bars of ETHUSTD',
    ]);
  });

  it('are bars that nobody trades on, and exchanges that nobody is at', () => {
    const files = [file('BTCUSDT'), file('SOLUSDT'), file('BTCUSDT', 'okxx')];
    expect(inputWarnings(ALL, files, [], [BTC], [LONG])).toEqual([
      '--bars SOLUSDT: nobody trades on these bars',
      '--bars okxx:BTCUSDT: no client has an account at okxx; did you mean okx?',
    ]);
  });

  it('are common bars where every exchange has its own', () => {
    expect(inputWarnings(ALL, [file('BTCUSDT'), file('BTCUSDT', 'okx')], [], [BTC], [LONG])).toEqual([
      '--bars BTCUSDT: nobody trades on these bars',
    ]);
  });

  it('are funding rates without bars', () => {
    expect(inputWarnings(ALL, [file('BTCUSDT')], [file('BTCUSD')], [BTC], [LONG])).toEqual([
      '--funding BTCUSD: there are no bars of it; did you mean BTCUSDT?',
    ]);
  });

  it('are several currencies in one balance', () => {
    const markets = [BTC, market('ETHBTC', 'BTC')];
    expect(inputWarnings(ALL, [file('BTCUSDT'), file('ETHBTC')], [], markets, [LONG])).toEqual([
      'clients.a: its symbols are quoted in BTC, USDT, and amounts are added up as if that were one currency',
    ]);
  });

  it('are signals that lead nowhere, and strategies that say nothing', () => {
    const config = desk(`  a: { exchanges: { okx: {} }, ${SIZED}, strategies: [trend, reversal] }\n`);
    const signals = [LONG, signal('trend', 'BTCUSD'), signal('trnd', 'BTCUSDT'), signal('trnd', 'BTCUSDT')];
    expect(inputWarnings(config, [file('BTCUSDT')], [], [BTC], signals)).toEqual([
      '1 signal for BTCUSD, which nobody trades on bars; did you mean BTCUSDT?',
      '2 signals of trnd, which no client follows; did you mean trend?',
      'strategy reversal is followed, and sends no signal',
    ]);
  });

  it('is that there are no signals at all', () => {
    expect(inputWarnings(ALL, [file('BTCUSDT')], [], [BTC], [])).toEqual([
      'there are no signals, so nothing is traded',
    ]);
  });
});
