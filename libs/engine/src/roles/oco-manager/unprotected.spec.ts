import { describe, expect, it } from '@jest/globals';
import { samplesOf } from '@bowline/contracts';
import { decodeJson, encodeJson } from '@bowline/contracts';
import { OcoBench } from './oco.spec-support.js';

/** A long of 10 that was filled at 1,000 ms, its legs sent. */
function filled(): OcoBench {
  const bench = new OcoBench();
  bench.open('A', 1);
  bench.fills('A-1e0', 10);
  return bench;
}

/** The same at 3,000 ms, both legs acknowledged. */
function protectedAt3s(): OcoBench {
  const bench = filled();
  bench.at = 3_000;
  bench.says('A-1s1', 'accept');
  bench.says('A-1t2', 'accept');
  return bench;
}

function valuesOf({ state }: OcoBench, series: string): unknown[] {
  return [...samplesOf(state.tally)].filter((each) => each.series === series).map(({ value }) => value);
}

const spells = (bench: OcoBench) => valuesOf(bench, 'bowline_unprotected_seconds');
const naked = (bench: OcoBench) => valuesOf(bench, 'tradeengine_naked_position_detected_total');

describe('unprotected seconds', () => {
  it('are those from the fill to the acknowledged stop', () => {
    expect(spells(filled())).toEqual([]);
    expect(spells(protectedAt3s())).toMatchObject([{ sum: 2, count: 1 }]);
  });

  it('are those of a close, too: from the cancel of the stop to the last fill; nothing is naked by that', () => {
    const bench = protectedAt3s();
    bench.at = 10_000;
    bench.close('A', 2);
    bench.says('A-1s1', 'cancel');
    bench.says('A-1t2', 'cancel');
    bench.at = 10_500;
    bench.fills('A-1x3', 10);
    expect(spells(bench)).toMatchObject([{ sum: 2.5, count: 2 }]);
    expect(naked(bench)).toEqual([0]);
  });

  it('begin again where somebody takes the stop away: the position is naked', () => {
    const bench = protectedAt3s();
    bench.at = 5_000;
    bench.says('A-1s1', 'cancel');
    bench.at = 5_250;
    bench.says('A-1s3', 'accept');
    expect(spells(bench)).toMatchObject([{ sum: 2.25, count: 2 }]);
    expect(naked(bench)).toEqual([1]);
  });

  it('end where a stop that finds no room is watched', () => {
    const bench = filled();
    bench.at = 1_400;
    bench.says('A-1s1', 'reject', { reason: 'CAPACITY' });
    expect(spells(bench)).toMatchObject([{ sum: 0.4, count: 1 }]);
    expect(bench.positions!.positions).toMatchObject([{ protection: 'synthetic', unprotectedSince: null }]);
  });
});

describe('a position that stays without a stop', () => {
  it('is asked about after a minute, and not again once the channel was halted for it', () => {
    const bench = filled();
    const timer = bench.role.timer(bench.state)!;
    expect(timer).toMatchObject({ at: 61_000, id: 'odum.binance-usdm.WHOLE/unprotected/A-1/1000' });
    bench.at = 61_000;
    expect(bench.take(timer.input)).toBe('UNPROTECTED');
    expect(bench.role.timer(bench.state)).toBeNull();
    bench.restart();
    bench.resume();
    expect(bench.role.timer(bench.state)).toBeNull();
  });

  it('is not asked about once it is protected, nor while it is being closed', () => {
    expect(protectedAt3s().role.timer(protectedAt3s().state)).toBeNull();
    const closing = filled();
    closing.close('A', 2);
    expect(closing.role.timer(closing.state)).toBeNull();
  });
});

it('a snapshot of a version that had one mode for all is read with the channel’s', () => {
  const { role, state } = protectedAt3s();
  const saved = decodeJson(encodeJson(role.save(state))) as { positions: Record<string, unknown>[] };
  for (const position of saved.positions) {
    delete position['protection'];
    delete position['raisedFrom'];
    delete position['overdue'];
  }
  const read = role.load(saved).channel.positions.get('A-1');
  expect(read).toEqual(state.channel.positions.get('A-1'));
});
