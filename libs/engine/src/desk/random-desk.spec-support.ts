import { encodeJson } from '@bowline/contracts';
import { DESK_MOVE_KINDS, RandomDesk, type DeskFaults, type DeskMove, type LiveDesk } from '@bowline/testkit';
import fc from 'fast-check';
import { saveGateway } from '../roles/execution-gateway/state.js';
import { saveOco } from '../roles/oco-manager/state.js';
import { saveGenerator } from '../roles/order-generator/saved-state.js';

/** Nothing, a little, or as much as this. */
const share = (most: number) => fc.constantFrom(0, most / 4, most);

/** @param hard how many times as much goes wrong as is usual */
const faultsOf = (hard: number): fc.Arbitrary<DeskFaults> =>
  fc.record({
    seed: fc.nat(),
    loseAck: share(0.2 * hard),
    duplicate: share(0.2 * hard),
    delay: share(0.3),
    requestLost: share(0.1 * hard),
    replyLost: share(0.1 * hard),
    timedOut: share(0.1),
    late: share(0.1 * hard),
    reportTwice: share(0.3),
    reject: share(0.1),
    fillRatio: fc.constantFrom(1, 0.5, 0.3),
    latencySpreadMs: fc.constantFrom(0, 20),
    stops: fc.constantFrom(null, null, 1, 2),
  });

const any = fc.nat({ max: 1_000 });
const movesOf = (most: number) =>
  fc.array(fc.tuple(fc.constantFrom(...DESK_MOVE_KINDS), any, any, any), {
    minLength: 5,
    maxLength: most,
    size: 'max',
  }) as fc.Arbitrary<DeskMove[]>;

export interface RandomRuns {
  readonly numRuns: number;
  readonly mostMoves: number;
  readonly hard: number;
  /** The same seed gives the same runs. */
  readonly seed: number;
}

/**
 * Lets anything happen to a desk, and in the end faults stop and everything is closed. Returns what was reached at
 * least once; throws with the shortest run that breaks a law.
 */
export async function playDesks({ hard, mostMoves, numRuns, seed }: RandomRuns): Promise<Set<string>> {
  const reached = new Set<string>();
  const runs = fc.asyncProperty(faultsOf(hard), movesOf(mostMoves), async (faults, moves) => {
    const random = await RandomDesk.open(faults, { snapshotEvery: 3 + (faults.seed % 40) });
    for (const move of moves) await random.move(move);
    await random.calm();
    await expectReplay(random);
    await random.closeAll();
    await expectReplay(random);
    note(random.desk, reached);
  });
  await fc.assert(runs, { numRuns, seed });
  return reached;
}

/** I12, I13: what the journals and snapshots say is what the roles had in hand. */
async function expectReplay(random: RandomDesk): Promise<void> {
  await random.desk.quiet();
  const before = statesOf(random.desk);
  await random.crash(null, (next) => {
    const after = statesOf(next);
    for (const [shard, state] of before) {
      if (after.get(shard) !== state) {
        throw new Error(`I12 is broken: ${shard} was ${state} and is read as ${after.get(shard)}`);
      }
    }
  });
}

export function statesOf({ gateways, generators, managers }: LiveDesk): Map<string, string> {
  const states = new Map<string, string>();
  for (const { shard, state } of generators.runners) {
    const { tally, ...saved } = saveGenerator(state);
    // Repetitions are counted where they arrive, and in no journal.
    const { tradeengine_signals_duplicate_total: _, ...counted } = tally;
    states.set(shard, encodeJson({ ...saved, tally: counted }));
  }
  for (const { shard, state } of managers.runners) states.set(shard, encodeJson(saveOco(state)));
  for (const { shard, state } of gateways.runners) states.set(shard, encodeJson(saveGateway(state)));
  return states;
}

function note({ audited, incidents, positions, sent }: LiveDesk, reached: Set<string>): void {
  for (const entry of audited) {
    if (entry.type === 'signal') reached.add(entry.outcome);
    if (entry.type === 'alert' || entry.type === 'intent_denied') reached.add(entry.code);
  }
  for (const { what } of incidents) reached.add(what);
  for (const { type } of sent) reached.add(type);
  for (const { positions: views, trades } of positions) {
    for (const { closeReason } of trades) reached.add(closeReason);
    for (const { protection } of views) reached.add(protection);
  }
}
