import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GeneratorBench } from './generator.spec-support.js';

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
