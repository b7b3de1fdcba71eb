/** What is measured of a path, the desk's or the floor's, and the rows that both make. */
import { quantile } from '../measure.mjs';
import { paceNote } from '../signal-path/walks.mjs';

/**
 * @param {{ walks: import('../signal-path/walks.mjs').Walks, failed: Promise<never> }} path
 * @param {{ rates: number[], inFlight: number, warmUpMs: number, pacedMs: number, saturatedMs: number }} how
 */
export async function measurePath({ failed, walks }, { inFlight, pacedMs, rates, saturatedMs, warmUpMs }) {
  const all = async () => {
    await walks.saturate(inFlight, warmUpMs);
    const paces = [];
    for (const perSecond of rates) paces.push(await pacedAt(walks, perSecond, pacedMs));
    return { paces, perSecond: await walks.saturate(inFlight, saturatedMs) };
  };
  return Promise.race([all(), failed]);
}

export async function pacedAt(walks, perSecond, forMs) {
  walks.latencies = [];
  const begun = await walks.pace(perSecond, forMs);
  const { latencies } = walks;
  return {
    perSecond,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
    note: paceNote(begun, perSecond),
  };
}

/** Two rows of a pace. */
export function paceRows(name, ours, floor, reference, atMost) {
  const row = (what) => ({
    name: `${name}, ${ours.perSecond.toLocaleString('en-US')}/s, ${what}`,
    ours: ours[what],
    unit: 'ms',
    reference: { name: reference, value: floor[what] },
  });
  const met = ours.p50 <= atMost * floor.p50;
  return [
    { ...row('p50'), target: `<= ${atMost}x`, met, ...(ours.note === '' ? {} : { note: ours.note }) },
    { ...row('p99'), target: null },
  ];
}
