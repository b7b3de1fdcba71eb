/**
 * The price-ordered trigger index with 100,000 resting pairs (a take-profit above the market, a stop below it), beside
 * the two ways one would do it by hand: two plain binary heaps with lazy delete, written below with nothing more
 * than this job asks for, and a scan of every pair.
 *
 * - quiet tick: the price moves and reaches nothing
 * - hit: the price reaches one leg; it is taken out, and its sibling is removed
 * - replaced pair: both legs are removed and two new ones added, as when an entry is added to a position
 */
import { TriggerIndex } from '../../libs/domain/dist/index.js';
import { bestOf, isMain } from './measure.mjs';
import { printRows } from './table.mjs';

const PAIRS = 100_000;
const QUIET_TICKS = 1_000_000;
const SCANNED_TICKS = 200;
const HITS = 50_000;
const REPLACED = 50_000;
const MIDDLE = 10_000_000;
/** No leg lies nearer to the middle than this, so a price within it is quiet. */
const QUIET = 1_000;
const SPREAD = 2_000_000;

/** A small seeded generator: the same pairs and prices in every run. */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const draw = seeded(42);
const pairs = Array.from({ length: PAIRS }, (_, id) => ({
  id,
  above: MIDDLE + QUIET + Math.floor(draw() * SPREAD),
  below: MIDDLE - QUIET - Math.floor(draw() * SPREAD),
}));
/** A walk that never leaves the quiet band. */
const quiet = Float64Array.from(
  { length: QUIET_TICKS },
  () => MIDDLE + Math.floor((draw() * 2 - 1) * (QUIET - 1)),
);
/** Take-profits from the nearest up: each of these prices reaches exactly the next pair that is still there. */
const ascending = pairs
  .map(({ above }) => above)
  .sort((a, b) => a - b)
  .slice(0, HITS);

/** Ours, each trigger carrying its pair. */
function openIndex() {
  const index = new TriggerIndex();
  const live = new Array(PAIRS);
  const add = ({ id, above, below }) => {
    const legs = { id, rising: null, falling: null };
    legs.rising = index.add('RISING', above, legs);
    legs.falling = index.add('FALLING', below, legs);
    live[id] = legs;
  };
  pairs.forEach(add);
  return {
    tick(price) {
      let hits = 0;
      for (let hit = index.take(price); hit !== null; hit = index.take(price)) {
        const { rising, falling } = hit.value;
        index.remove(hit === rising ? falling : rising);
        hits += 1;
      }
      return hits;
    },
    replace(pair) {
      const { rising, falling } = live[pair.id];
      index.remove(rising);
      index.remove(falling);
      add(pair);
    },
  };
}

/** The floor: the least that two heaps with lazy delete can be. Dead entries stay until they come to the top. */
function openHeaps() {
  const rising = [];
  const falling = [];
  const live = new Array(PAIRS);
  const add = (pair) => {
    const legs = { id: pair.id, above: pair.above, below: pair.below, dead: false };
    live[pair.id] = legs;
    push(rising, legs.above, legs);
    push(falling, -legs.below, legs);
  };
  pairs.forEach(add);
  return {
    tick(price) {
      let hits = 0;
      while (rising.length > 0 && rising[0].key <= price) hits += retire(pop(rising));
      while (falling.length > 0 && falling[0].key <= -price) hits += retire(pop(falling));
      return hits;
    },
    replace(pair) {
      live[pair.id].dead = true;
      add(pair);
    },
  };
}

function retire({ legs }) {
  if (legs.dead) return 0;
  legs.dead = true;
  return 1;
}

function push(heap, key, legs) {
  const entry = { key, legs };
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent].key <= key) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap) {
  const top = heap[0];
  const last = heap.pop();
  if (heap.length === 0) return top;
  let at = 0;
  for (;;) {
    let child = at * 2 + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1].key < heap[child].key) child += 1;
    if (heap[child].key >= last.key) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = last;
  return top;
}

/** The scan: prices of all pairs in two typed arrays, looked at one by one. */
function openScan() {
  const above = Float64Array.from(pairs, (pair) => pair.above);
  const below = Float64Array.from(pairs, (pair) => pair.below);
  return {
    tick(price) {
      let hits = 0;
      for (let id = 0; id < PAIRS; id += 1) if (price >= above[id] || price <= below[id]) hits += 1;
      return hits;
    },
  };
}

/** Nanoseconds for each. */
function measure(open) {
  const subject = open();
  const tick = nanoseconds(QUIET_TICKS, () => expectHits(0, quiet, QUIET_TICKS, subject));
  const replace = nanoseconds(REPLACED, () => {
    for (let at = 0; at < REPLACED; at += 1) subject.replace(pairs[(at * 7919) % PAIRS]);
  });
  const fresh = open();
  const hit = nanoseconds(HITS, () => expectHits(HITS, ascending, HITS, fresh));
  return { tick, hit, replace };
}

function measureScan() {
  const subject = openScan();
  return { tick: nanoseconds(SCANNED_TICKS, () => expectHits(0, quiet, SCANNED_TICKS, subject)) };
}

function nanoseconds(count, act) {
  const start = process.hrtime.bigint();
  act();
  return Number(process.hrtime.bigint() - start) / count;
}

/** An index that misses what it should fire would look fast. */
function expectHits(expected, prices, count, subject) {
  let hits = 0;
  for (let at = 0; at < count; at += 1) hits += subject.tick(prices[at]);
  if (hits !== expected) throw new Error(`${hits} hits instead of ${expected}`);
}

/** @returns {Promise<import('./measure.mjs').Row[]>} */
export async function run() {
  const [ours, heaps, scan] = bestOf({ warmUps: 3, rounds: 5, lowest: true }, [
    () => measure(openIndex),
    () => measure(openHeaps),
    measureScan,
  ]);
  const plain = 'two plain heaps';
  return [
    row('quiet tick, 100,000 pairs', ours.tick, plain, heaps.tick, 150),
    row('quiet tick, 100,000 pairs, against a scan', ours.tick, 'scan of every pair', scan.tick, 150),
    row('hit, sibling removed', ours.hit, plain, heaps.hit, 500),
    row('pair replaced', ours.replace, plain, heaps.replace, null),
  ];
}

function row(name, ours, referenceName, reference, targetNs) {
  return {
    name: `trigger index: ${name}`,
    ours: round(ours),
    unit: 'ns',
    reference: { name: referenceName, value: round(reference) },
    ratio: ours / reference,
    target: targetNs === null ? null : `<= ${targetNs} ns`,
    ...(targetNs !== null && { met: ours <= targetNs }),
  };
}

function round(value) {
  return Math.round(value * 10) / 10;
}

if (isMain(import.meta.url)) printRows(await run());
