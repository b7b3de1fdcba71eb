import { describe, it } from '@jest/globals';
import { DESK_MOVE_KINDS, RandomDesk, type DeskFaults, type DeskMove } from '@bowline/testkit';
import fc from 'fast-check';

const share = (most: number) => fc.constantFrom(0, most / 4, most);
const faults: fc.Arbitrary<DeskFaults> = fc.record({
  seed: fc.nat(),
  loseAck: share(0.2),
  duplicate: share(0.2),
  delay: share(0.3),
  requestLost: share(0.1),
  replyLost: share(0.1),
  timedOut: share(0.1),
  late: share(0.1),
  reportTwice: share(0.3),
  reject: share(0.1),
  fillRatio: fc.constantFrom(1, 0.5, 0.3),
  latencySpreadMs: fc.constantFrom(0, 20),
});
const any = fc.nat({ max: 1_000 });
const moves = fc.array(fc.tuple(fc.constantFrom(...DESK_MOVE_KINDS), any, any, any), {
  minLength: 5,
  maxLength: Number(process.env.MOVES ?? 60),
  size: 'max',
}) as fc.Arbitrary<DeskMove[]>;

describe('whatever happens to a desk', () => {
  it('leaves nothing over', async () => {
    const seed = process.env.SEED === undefined ? undefined : Number(process.env.SEED);
    await fc.assert(
      fc.asyncProperty(faults, moves, async (given, made) => {
        const random = await RandomDesk.open(given, { snapshotEvery: 3 + (given.seed % 40) });
        for (const move of made) await random.move(move);
        await random.calm();
        await random.closeAll();
        if (process.env.STATS) console.log(made.length, random.desk.trades().length, random.desk.sent.length, random.desk.audited.map((e) => e.type === 'signal' ? `${e.outcome} ${e.code}` : e.type === 'alert' ? e.code : e.type).join(' '));
      }),
      { numRuns: Number(process.env.RUNS ?? 30), endOnFailure: process.env.SHRINK === undefined, ...(seed === undefined ? {} : { seed }) },
    );
  }, 600_000);
});
