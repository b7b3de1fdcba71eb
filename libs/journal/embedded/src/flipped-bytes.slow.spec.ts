import { describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JournalError } from '@bowline/ports';
import { contentOf, filesOf, StoreFolders, usedLength } from './store-folder.spec-support.js';

const folders = new StoreFolders();

describe.each([
  ['was closed', true],
  ['was not closed', false],
])('a store that %s', (_, close) => {
  it('gives every record or an error that names the file, whichever byte is flipped', async () => {
    const image = await folders.filled({ close });
    const whole = await contentOf(folders.next(image));
    const outcomes = { corrupt: 0, whole: 0 };
    for (const name of filesOf(image)) {
      const bytes = readFileSync(join(image, name));
      let folder = folders.next(image);
      for (const position of positions(bytes)) {
        const flipped = Buffer.from(bytes);
        flipped[position]! ^= position % 2 === 0 ? 0xff : 1 << (position % 8);
        writeFileSync(join(folder, name), flipped);
        const outcome = await contentOf(folder).catch((error: unknown) => error);
        const where = `${name}, byte ${position} of ${bytes.length}`;
        if (outcome instanceof JournalError) {
          // What is refused is left as it was, for whoever wants to save something from it.
          expect([where, outcome.kind]).toEqual([where, 'corrupt']);
          expect(outcome.message).toContain(join(folder, name));
          expect(outcome.message).toContain('Restore the whole folder from a copy, or start fresh');
          outcomes.corrupt += 1;
        } else {
          // Only a byte that nothing was written to yet may change, and is dropped as a write that was cut off.
          expect([where, outcome]).toEqual([where, { ...whole, warnings: [expect.stringContaining(name)] }]);
          outcomes.whole += 1;
          folder = folders.next(image);
        }
      }
    }
    expect(outcomes.corrupt).toBeGreaterThan(500);
    expect(outcomes.whole > 0).toBe(!close);
  }, 120_000);
});

/** Every byte that was written, and some of those that were not. */
function positions(bytes: Buffer): readonly number[] {
  const used = usedLength(bytes);
  // Of long runs of the same character some are enough.
  const written = Array.from({ length: used }, (_, at) => at).filter(
    (at) => at % 50 === 0 || bytes[at] !== 0x2e || bytes[at - 1] !== 0x2e || bytes[at + 1] !== 0x2e,
  );
  const rest = Array.from({ length: bytes.length - used }, (_, at) => used + at);
  return [...written, ...rest.slice(0, 40), ...rest.slice(40).filter((at) => at % 97 === 0)];
}
