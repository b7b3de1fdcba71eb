import { describe, expect, it } from '@jest/globals';
import { GeneratorBench, type GeneratorOptions } from './generator.spec-support.js';

const ten: GeneratorOptions = { params: { fixedQuantity: '0.01' } };

function entered(options: GeneratorOptions = ten): GeneratorBench {
  const bench = new GeneratorBench(options);
  bench.signal('A', 1);
  bench.report('A', 1, { open: 10 });
  return bench;
}

describe('a close by command', () => {
  it('closes what the strategy has, and what it may have, and nothing follows', () => {
    const bench = entered();
    bench.signal('B', 1);
    bench.signal('A', -1);
    expect(bench.command({ type: 'close' })).toBe('#3 close A manual, #2 close B manual');
    expect([bench.target('A'), bench.target('B')]).toEqual(['LONG 10+0 closing', 'LONG 0+10 closing']);
    expect([bench.report('A', 2, { won: 0n }), bench.report('A', 3)]).toEqual(['', '']);
    expect([bench.report('B', 1, { open: 10 }), bench.target('B')]).toEqual(['', 'LONG 10+0 closing']);
    expect([bench.report('B', 2, { won: 0n }), bench.target('B')]).toEqual(['', 'LONG 0+0']);
  });

  it('is about its scope', () => {
    const bench = entered();
    bench.signal('B', 1);
    expect(bench.command({ type: 'close' }, { strategyId: 'B' })).toBe('#2 close B manual');
    expect(bench.command({ type: 'close' }, { symbol: 'ETHUSDT' })).toBe('');
    expect(bench.command({ type: 'close' }, { exchange: 'okx' })).toBe('');
    expect(bench.target('A')).toBe('LONG 10+0');
  });

  it('is never refused, whatever is halted, and may be repeated', () => {
    const bench = entered();
    bench.halt();
    expect(bench.command({ type: 'close' })).toBe('#2 close A manual');
    expect(bench.command({ type: 'close' })).toBe('#3 close A manual');
    bench.report('A', 2, { won: 0n });
    expect(bench.target('A')).toBe('LONG 0+0 closing');
    bench.report('A', 3);
    expect(bench.target('A')).toBe('LONG 0+0');
  });

  it('lets the strategy enter again once it is over', () => {
    const bench = entered();
    bench.command({ type: 'close' });
    expect(bench.signal('A', 1)).toBe('#3 close A reversal');
    bench.report('A', 2, { won: 0n });
    expect(bench.report('A', 3)).toBe('#4 LONG 10 A');
  });

  it('closes what was adopted for a strategy that never entered', () => {
    const bench = new GeneratorBench(ten);
    bench.report('A', 0, { open: 10 });
    expect(bench.exposure()).toBe('10/0');
    expect(bench.command({ type: 'close' })).toBe('#1 close A manual');
  });

  it('does not concern a strategy that never had anything', () => {
    const bench = entered();
    bench.signal('B', 0);
    expect(bench.command({ type: 'close' })).toBe('#2 close A manual');
  });
});

describe('a halt', () => {
  it.each<[string, Parameters<GeneratorBench['halt']>[0], [string, string]]>([
    ['of everything', {}, ['denied TRADING_HALTED', 'denied TRADING_HALTED']],
    ['of a strategy', { strategyId: 'A' }, ['denied TRADING_HALTED', '#1 LONG 10 B']],
    ['of a symbol', { symbol: 'BTCUSDT' }, ['denied TRADING_HALTED', 'denied TRADING_HALTED']],
    ['of another symbol', { symbol: 'ETHUSDT' }, ['#1 LONG 10 A', '#1 LONG 10 B']],
    ['of an exchange', { exchange: 'binance-usdm' }, ['denied TRADING_HALTED', 'denied TRADING_HALTED']],
    ['of another exchange', { exchange: 'okx' }, ['#1 LONG 10 A', '#1 LONG 10 B']],
  ])('%s denies entries there, also of strategies that are met later', (_, scope, outcomes) => {
    const bench = new GeneratorBench(ten);
    bench.halt(scope);
    expect([bench.signal('A', 1), bench.signal('B', 1)]).toEqual(outcomes);
  });

  it('lets closes through, holds after a restart, and is over where it is resumed', () => {
    const bench = entered();
    bench.halt({ strategyId: 'A' });
    bench.restart();
    expect(bench.signal('A', -1)).toBe('#2 close A reversal');
    expect(bench.report('A', 2, { won: 0n })).toBe('denied TRADING_HALTED');
    bench.resume({ strategyId: 'A' });
    expect(bench.signal('A', -1)).toBe('#3 SHORT 10 A');
  });

  it('is not lifted by less than it', () => {
    const bench = new GeneratorBench(ten);
    bench.halt();
    bench.resume({ strategyId: 'A' });
    expect(bench.signal('A', 1)).toBe('denied TRADING_HALTED');
    bench.resume();
    expect(bench.signal('A', 1)).toBe('#1 LONG 10 A');
  });

  it('may leave closes only, under a name of its own', () => {
    const bench = new GeneratorBench(ten);
    bench.command({ type: 'trading_state', tradingState: 'REDUCING' });
    expect(bench.signal('A', 1)).toBe('denied REDUCING_ONLY');
  });
});
