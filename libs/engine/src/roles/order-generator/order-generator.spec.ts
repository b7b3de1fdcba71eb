import { describe, expect, it } from '@jest/globals';
import { START } from '@bowline/testkit';
import { GeneratorBench, type GeneratorOptions } from './generator.spec-support.js';

const ten: GeneratorOptions = { params: { fixedQuantity: '0.01' } };
const usdt = (amount: number) => BigInt(amount) * 10n ** 18n;

function entered(options: GeneratorOptions = ten): GeneratorBench {
  const bench = new GeneratorBench(options);
  bench.signal('A', 1);
  bench.report('A', 1, { open: 10 });
  return bench;
}

describe('a signal', () => {
  it('becomes an entry, numbered within its strategy, and is answered in the audit', () => {
    const bench = new GeneratorBench(ten);
    expect(bench.signal('A', 1)).toBe('#1 LONG 10 A');
    expect(bench.signal('B', -1)).toBe('#1 SHORT 10 B');
    expect(bench.audited).toEqual(['A 1 ordered', 'B -1 ordered']);
  });

  it.each<[string, (bench: GeneratorBench) => string, string]>([
    [
      'for a symbol that no account trades',
      (bench) => bench.signal('A', 1, { symbol: 'ETHUSDT' }),
      'ignored NOT_TRADED',
    ],
    ['to be flat, of a strategy that is', (bench) => bench.signal('B', 0), 'ignored ALREADY_FLAT'],
    ['to be what it is', (bench) => bench.signal('A', 1), 'ignored UNCHANGED'],
    ['older than the one before', (bench) => bench.signal('A', 0, { time: START - 1 }), 'ignored STALE'],
    ['that comes too late', (bench) => bench.signal('B', 1, { expiresAt: START - 1 }), 'ignored EXPIRED'],
    [
      'over more than there are lots',
      (bench) => bench.signal('B', 1, { quantity: '9'.repeat(24) }),
      'denied QUANTITY_TOO_LARGE',
    ],
    ['over less than a lot', (bench) => bench.signal('B', 1, { quantity: '0.0001' }), 'denied QUANTITY_ZERO'],
    [
      'with a stop on the wrong side',
      (bench) => bench.signal('B', 1, { stopLoss: '101' }),
      'denied STOP_LOSS_WRONG_SIDE',
    ],
  ])('%s has no other outcome than that', (_, signal, outcome) => {
    const bench = entered();
    expect(signal(bench)).toBe(outcome);
    expect([bench.intents, bench.audited.length]).toEqual([['#1 LONG 10 A'], 2]);
  });

  it('says nothing of when it expires: the rule of the desk holds', () => {
    const bench = new GeneratorBench({ ...ten, signalTtlMs: 1_000 });
    bench.at = START + 1_001;
    expect(bench.signal('A', 1, { time: START })).toBe('ignored EXPIRED');
    expect(bench.signal('A', 1, { time: START, expiresAt: START + 5_000 })).toBe('#1 LONG 10 A');
  });

  it('over more than there are lots closes what is on the other side, and enters nothing after it', () => {
    const bench = entered();
    expect(bench.signal('A', -1, { quantity: '9'.repeat(24) })).toBe('#2 close A reversal');
    expect(bench.target('A')).toBe('LONG 10+0 closing');
    expect(bench.report('A', 2, { won: 0n })).toBe('');
  });

  it('goes to every exchange that trades the symbol', () => {
    const bench = new GeneratorBench({
      ...ten,
      accounts: { 'binance-usdm': {}, okx: {} },
      markets: ['binance-usdm:BTCUSDT', 'okx:BTCUSDT'],
    });
    expect(bench.signal('A', 1)).toBe('#1 LONG 10 A, okx #1 LONG 10 A');
    expect(bench.audited).toEqual(['A 1 ordered', 'A 1 ordered']);
  });
});

describe('what a strategy has asked for', () => {
  it('is reserved until the channel tells of it, and no sooner and no later', () => {
    const bench = new GeneratorBench(ten);
    bench.signal('A', 1);
    expect([bench.target('A'), bench.exposure()]).toEqual(['LONG 0+10', '10/0']);
    bench.report('A', 1, { leaves: 10 });
    expect([bench.target('A'), bench.exposure()]).toEqual(['LONG 0+10', '10/0']);
    bench.report('A', 1, { open: 4, leaves: 6 });
    expect([bench.target('A'), bench.exposure()]).toEqual(['LONG 4+6', '10/0']);
    bench.report('A', 1, { open: 4 });
    expect([bench.target('A'), bench.exposure()]).toEqual(['LONG 4+0', '4/0']);
    bench.report('A', 1, { won: usdt(5) });
    expect([bench.target('A'), bench.exposure()]).toEqual(['LONG 0+0', '0/0']);
  });

  it('is free where the channel refuses it', () => {
    const bench = new GeneratorBench(ten);
    bench.signal('A', -1);
    bench.report('A', 1);
    expect([bench.target('A'), bench.exposure()]).toEqual(['LONG 0+0', '0/0']);
  });

  it('stays reserved while a report is behind it', () => {
    const bench = entered({ ...ten, params: { ...ten.params!, scaleIn: true } });
    expect(bench.signal('A', 1)).toBe('#2 LONG 10 A');
    bench.report('A', 1, { open: 7 });
    expect([bench.target('A'), bench.exposure()]).toEqual(['LONG 7+10', '17/0']);
    expect(bench.signal('A', 1)).toBe('ignored UNCHANGED');
    bench.report('A', 2, { open: 7, leaves: 10 });
    expect(bench.exposure()).toBe('17/0');
    bench.report('A', 2, { open: 9, leaves: 8 });
    expect(bench.exposure()).toBe('17/0');
  });

  it('stays reserved where the position that it was to add to is over before it is known', () => {
    const bench = entered({ ...ten, params: { ...ten.params!, scaleIn: true } });
    bench.signal('A', 1);
    bench.report('A', 1, { won: usdt(5) });
    expect([bench.target('A'), bench.exposure()]).toEqual(['LONG 0+10', '10/0']);
    bench.report('A', 2, { leaves: 10 });
    expect([bench.target('A'), bench.exposure()]).toEqual(['LONG 0+10', '10/0']);
  });

  it('is on the side that was asked for, though the report behind it speaks of the other', () => {
    const bench = entered();
    bench.signal('A', 0);
    bench.report('A', 2, { won: 0n });
    bench.signal('A', -1);
    bench.report('A', 2, { side: 'LONG' });
    expect([bench.target('A'), bench.exposure()]).toEqual(['SHORT 0+10', '0/10']);
  });

  it('counts against the limits of the client', () => {
    const bench = new GeneratorBench({ ...ten, limits: { maxGrossExposure: '1.5' } });
    // At 100 each entry is worth 1.
    expect(bench.signal('A', 1)).toBe('#1 LONG 10 A');
    expect(bench.signal('B', 1)).toBe('denied MAX_GROSS_EXPOSURE');
    bench.report('A', 1);
    expect(bench.signal('B', 1)).toBe('#1 LONG 10 B');
  });

  it('is there after a restart', () => {
    const bench = new GeneratorBench(ten);
    bench.signal('A', 1);
    bench.restart();
    bench.report('A', 0);
    expect([bench.target('A'), bench.exposure()]).toEqual(['LONG 0+10', '10/0']);
    bench.report('A', 1);
    expect([bench.target('A'), bench.exposure()]).toEqual(['LONG 0+0', '0/0']);
  });
});

describe('a reversal', () => {
  it('closes, and enters once the close is over', () => {
    const bench = entered();
    expect(bench.signal('A', -1)).toBe('#2 close A reversal');
    expect(bench.target('A')).toBe('LONG 10+0 closing then -1');
    expect(bench.report('A', 2, { open: 10, closing: true })).toBe('');
    expect(bench.report('A', 2, { open: 3, closing: true })).toBe('');
    expect(bench.report('A', 2, { won: usdt(1) })).toBe('#3 SHORT 10 A');
    expect(bench.target('A')).toBe('SHORT 0+10');
  });

  it('waits for the close that it has asked for, not for one that came before it', () => {
    const bench = entered();
    bench.signal('A', -1);
    // The take-profit was faster; the channel does not know of the close yet.
    expect(bench.report('A', 1, { won: usdt(1) })).toBe('');
    expect(bench.target('A')).toBe('LONG 0+0 closing then -1');
    expect(bench.report('A', 2)).toBe('#3 SHORT 10 A');
  });

  it('is taken back by a signal to be flat', () => {
    const bench = entered();
    bench.signal('A', -1);
    expect(bench.signal('A', 0)).toBe('#3 close A signal');
    expect(bench.report('A', 2, { won: 0n })).toBe('');
    expect(bench.report('A', 3)).toBe('');
    expect(bench.target('A')).toBe('LONG 0+0');
  });

  it('is replaced by the one that comes after it, and enters once', () => {
    const bench = entered();
    bench.signal('A', -1);
    bench.at += 1;
    expect(bench.signal('A', 1)).toBe('#3 close A reversal');
    expect(bench.report('A', 2, { won: 0n })).toBe('');
    expect(bench.report('A', 3)).toBe('#4 LONG 10 A');
    expect(bench.report('A', 4, { open: 10 })).toBe('');
  });

  it('that comes too late by then enters nothing', () => {
    const bench = entered();
    bench.signal('A', -1, { expiresAt: START + 10 });
    bench.at = START + 11;
    expect(bench.report('A', 2, { won: 0n })).toBe('ignored EXPIRED');
    expect(bench.target('A')).toBe('LONG 0+0');
  });

  it('is checked against the limits only then', () => {
    const bench = entered();
    bench.signal('A', -1);
    bench.halt();
    expect(bench.report('A', 2, { won: 0n })).toBe('denied TRADING_HALTED');
    expect(bench.target('A')).toBe('LONG 0+0');
  });

  it('goes on after a restart', () => {
    const bench = entered();
    bench.signal('A', -1);
    bench.restart();
    expect(bench.report('A', 2, { won: 0n })).toBe('#3 SHORT 10 A');
  });

  it('that is due before a restart is entered after it', () => {
    const bench = entered();
    bench.signal('A', -1);
    const channel = { clientId: 'odum', exchange: 'binance-usdm', symbol: 'BTCUSDT' };
    const closed = { netPnl: 0n, realizedPnl: 0n, traded: true };
    const report = { strategyId: 'A', side: 'LONG', openQty: 0, entryLeavesQty: 0, closed } as const;
    bench.take({ type: 'positions', message: { channel, reports: [{ report, sequence: 2 }] } as never });
    bench.restart();
    expect(bench.role.timer(bench.state)).toMatchObject({ input: { type: 'entry_due', strategyId: 'A' } });
  });
});

describe('a strategy that the client does not follow', () => {
  const followsA: GeneratorOptions = { ...ten, strategies: { A: {} } };

  it('enters nothing', () => {
    const bench = new GeneratorBench(followsA);
    expect([bench.signal('B', 1), bench.signal('B', -1), bench.signal('B', 0)]).toEqual([
      'ignored NOT_FOLLOWED',
      'ignored NOT_FOLLOWED',
      'ignored ALREADY_FLAT',
    ]);
    expect(bench.exposure()).toBe('0/0');
  });

  it('may give up what it has had since it was followed, and enters nothing after it', () => {
    const bench = new GeneratorBench(followsA);
    bench.report('B', 0, { open: 10 });
    expect(bench.exposure()).toBe('10/0');
    expect(bench.signal('B', -1)).toBe('#1 close B reversal');
    expect(bench.report('B', 1, { won: 0n })).toBe('');
    expect(bench.target('B')).toBe('LONG 0+0');
  });
});

describe('the price that is acted on', () => {
  it('is needed to enter, not to close', () => {
    const bench = entered();
    bench.quote = null;
    expect(bench.signal('B', 1)).toBe('denied MARKET_DATA_STALE');
    expect(bench.signal('A', 0)).toBe('#2 close A signal');
  });

  it('must not be older than the desk allows', () => {
    const bench = new GeneratorBench({ ...ten, maxQuoteAgeMs: 1_000 });
    bench.at = START + 1_000;
    expect(bench.signal('A', 1)).toBe('#1 LONG 10 A');
    bench.at += 1;
    expect(bench.signal('B', 1)).toBe('denied MARKET_DATA_STALE');
  });

  it('is needed as well of what the client holds elsewhere, because its limits count it', () => {
    const markets = ['binance-usdm:BTCUSDT', 'okx:BTCUSDT'];
    const bench = new GeneratorBench({ ...ten, accounts: { 'binance-usdm': {}, okx: {} }, markets });
    bench.signal('A', 1);
    const { quote } = bench;
    bench.quote = null;
    expect(bench.signal('B', 1)).toBe('denied MARKET_DATA_STALE, denied MARKET_DATA_STALE');
    bench.quote = quote;
    expect(bench.signal('B', 1, { time: START + 1 })).toBe('#1 LONG 10 B, okx #1 LONG 10 B');
  });
});

describe('a signal that cannot be dealt with', () => {
  const signalOf = (strategyId: string, signal: 1 | 0 | -1) =>
    ({ type: 'signal', signal: { strategyId, signal } }) as never;

  it('may be put aside only where there is nothing that it may have to close', () => {
    const bench = entered();
    bench.signal('B', 1);
    const may = (strategyId: string, signal: 1 | 0 | -1) =>
      bench.role.mayPark(bench.state, signalOf(strategyId, signal));
    expect([may('A', -1), may('A', 1), may('B', -1), may('C', 1), may('C', 0)]).toEqual([
      false,
      false,
      false,
      true,
      false,
    ]);
    expect(bench.role.mayPark(bench.state, { type: 'positions' } as never)).toBe(false);
  });

  it('is told in the audit where it is put aside', () => {
    const bench = new GeneratorBench(ten);
    const letter = { shard: 's', messageId: 'm', topic: 't', error: 'a bug', at: 1 };
    expect(bench.role.parked(bench.state, letter, null)).toMatchObject([
      { topic: 'audit.odum', body: { entries: [{ type: 'dead_letter', messageId: 'm', error: 'a bug' }] } },
    ]);
  });
});

describe('limits at live exchanges', () => {
  const params = {
    fixedQuantity: '0.01',
    maxOrderValue: 1e6,
    maxPositionNotional: 1e6,
    maxSlippageBps: 1_000,
  };
  const all: GeneratorOptions = { limitsRequired: true, params, limits: { maxDailyLoss: 1e6 } };
  const without = (name: string, { [name]: _, ...rest }: Record<string, unknown>) => rest;

  it('that are all set let an entry through', () => {
    expect(new GeneratorBench(all).signal('A', 1)).toBe('#1 LONG 10 A');
    const bySize = { ...without('maxPositionNotional', params), maxPositionSize: 1 };
    expect(new GeneratorBench({ ...all, params: bySize }).signal('A', 1)).toBe('#1 LONG 10 A');
  });

  it.each(['maxOrderValue', 'maxPositionNotional', 'maxSlippageBps'])(
    'without %s let none through',
    (name) => {
      const bench = new GeneratorBench({ ...all, params: without(name, params) });
      expect(bench.signal('A', 1)).toBe('denied LIMIT_NOT_SET');
    },
  );

  it('without a daily loss let none through, and closes all the same', () => {
    const bench = new GeneratorBench({ ...all, limits: {} });
    expect(bench.signal('A', 1)).toBe('denied LIMIT_NOT_SET');
    bench.report('A', 0, { open: 10 });
    expect(bench.signal('A', 0)).toBe('#1 close A signal');
  });

  it('are optional elsewhere', () => {
    expect(new GeneratorBench(ten).signal('A', 1)).toBe('#1 LONG 10 A');
  });
});
