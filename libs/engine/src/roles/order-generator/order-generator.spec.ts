import { describe, expect, it } from '@jest/globals';
import { START } from '@bowline/testkit';
import fc from 'fast-check';
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

type Move =
  | readonly ['signal', strategy: number, signal: 1 | 0 | -1, late: number]
  | readonly ['report', strategy: number, behind: number, open: number, leaves: number, closing: boolean]
  | readonly ['command', which: number, strategy: number]
  | readonly ['restart'];

const strategy = fc.nat({ max: 2 });
const moves = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.tuple(
        fc.constant('signal' as const),
        strategy,
        fc.constantFrom(1 as const, 0 as const, -1 as const),
        fc.nat(3),
      ),
    },
    {
      weight: 4,
      arbitrary: fc.tuple(
        fc.constant('report' as const),
        strategy,
        fc.nat(2),
        fc.nat(10),
        fc.nat(10),
        fc.boolean(),
      ),
    },
    { weight: 1, arbitrary: fc.tuple(fc.constant('command' as const), fc.nat(3), strategy) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('restart' as const)) },
  ) as fc.Arbitrary<Move>,
  { maxLength: 50 },
);

describe('whatever comes', () => {
  it('the state is the fold of its events, and everything is free once the channel has answered all', () => {
    fc.assert(
      fc.property(moves, fc.boolean(), (made, scaleIn) => {
        const bench = new GeneratorBench({ params: { fixedQuantity: '0.01', scaleIn } });
        const sent = new Map<string, number>();
        for (const move of made) {
          bench.at += 1;
          const id = ['A', 'B', 'C'][Number(move[1] ?? 0) % 3]!;
          switch (move[0]) {
            case 'signal':
              bench.signal(id, move[2], { time: bench.at - move[3] });
              break;
            case 'report': {
              const sequence = Math.max(0, (sent.get(id) ?? 0) - move[2]);
              bench.report(id, sequence, { open: move[3], leaves: move[4], closing: move[5] });
              break;
            }
            case 'command':
              if (move[1] === 0) bench.halt({ strategyId: 'A' });
              else if (move[1] === 1) bench.resume();
              else bench.command({ type: 'close' }, { strategyId: id });
              break;
            case 'restart':
              bench.restart();
          }
          for (const text of bench.intents.splice(0)) {
            const [, number, strategyId] = /#(\d+) (?:\w+ )+?([ABC])(?: |$)/.exec(text)!;
            expect([text, Number(number)]).toEqual([text, (sent.get(strategyId!) ?? 0) + 1]);
            sent.set(strategyId!, Number(number));
          }
        }
        bench.halt();
        for (const id of ['A', 'B', 'C']) bench.report(id, sent.get(id) ?? 0);
        const targets = ['A', 'B', 'C']
          .map((id) => bench.target(id))
          .filter((target) => target !== 'unknown');
        expect(targets.map((target) => target.replace('SHORT', 'LONG'))).toEqual(
          targets.map(() => 'LONG 0+0'),
        );
        expect(bench.exposure()).toBe('0/0');
      }),
      { numRuns: 200 },
    );
  });
});
