import { bell, wordOf } from './seeded.js';

/** A block of the path is 2^16 steps long: 18 hours, where a step is a second. */
const LEVELS = 16;
const BLOCK = 2 ** LEVELS;

/**
 * A path that wanders like a random walk whose steps have standard deviation `step`, at any place of it: Lévy's
 * construction (P. Lévy 1948), which bends the line between two far points at its middle, then the halves at theirs,
 * and so on. It costs a draw per level. The far points are independent of each other, so that the path stays around 0:
 * its standard deviation is step x 181 everywhere.
 *
 * @param at a whole number of steps from 0
 */
export function wander(stream: number, at: number, step: number): number {
  const block = Math.floor(at / BLOCK);
  const within = at - block * BLOCK;
  const share = within / BLOCK;
  // Two such ends are as far apart as a walk of that length gets.
  const ends = bell(wordOf(stream, 0, block)) * (1 - share) + bell(wordOf(stream, 0, block + 1)) * share;
  let sum = ends * Math.sqrt(BLOCK / 2);
  let length = BLOCK;
  for (let level = 1; level <= LEVELS; level += 1) {
    const place = (at % length) / length;
    const bend = 1 - Math.abs(2 * place - 1);
    if (bend > 0)
      sum += bell(wordOf(stream, level, Math.floor(at / length))) * bend * (Math.sqrt(length) / 2);
    length /= 2;
  }
  return sum * step;
}
