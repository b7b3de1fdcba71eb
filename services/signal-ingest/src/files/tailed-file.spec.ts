import { appendFileSync, renameSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { WorkFolder } from '@bowline/testkit';
import type { FilePosition } from './file-position.js';
import { TailedFile, type TailEvent } from './tailed-file.js';

const work = new WorkFolder('tail');
let files = 0;
const open: Followed[] = [];

afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

class Followed {
  readonly path: string;
  readonly events: TailEvent[] = [];
  private tail: TailedFile;

  constructor() {
    files += 1;
    this.path = work.at(`${files}.jsonl`);
    this.tail = this.opened(null);
    open.push(this);
  }

  append(text: string | Uint8Array): void {
    appendFileSync(this.path, text);
  }

  get position(): FilePosition | null {
    return this.tail.position;
  }

  async lines(): Promise<string[]> {
    const found: string[] = [];
    for (let lines = await this.tail.next(); lines.length > 0; lines = await this.tail.next())
      found.push(...lines.map(({ fault, number, text }) => `${number} ${text ?? fault}`));
    return found;
  }

  close(): Promise<void> {
    return this.tail.close();
  }

  /** Another process goes on. */
  async restart(): Promise<void> {
    const { position } = this.tail;
    await this.tail.close();
    this.tail = this.opened(
      position === null ? null : (JSON.parse(JSON.stringify(position)) as FilePosition),
    );
  }

  private opened(position: FilePosition | null): TailedFile {
    return new TailedFile(this.path, position, false, (event) => void this.events.push(event));
  }
}

describe('a file that grows', () => {
  it('is read from its beginning, and then what is appended', async () => {
    const file = new Followed();
    expect(await file.lines()).toEqual([]);
    file.append('a\nb\n');
    expect(await file.lines()).toEqual(['1 a', '2 b']);
    expect(await file.lines()).toEqual([]);
    file.append('c\r\n\nd\n');
    expect(await file.lines()).toEqual(['3 c', '4 ', '5 d']);
    expect(file.events).toEqual([]);
  });

  it('keeps a line that is half written until the other half is there', async () => {
    const file = new Followed();
    file.append('a\nha');
    expect(await file.lines()).toEqual(['1 a']);
    expect(await file.lines()).toEqual([]);
    file.append('lf');
    await file.restart();
    expect(await file.lines()).toEqual([]);
    file.append('\n');
    expect(await file.lines()).toEqual(['2 half']);
  });

  it('goes on after a restart where it was left', async () => {
    const file = new Followed();
    file.append('a\nb\n');
    await file.lines();
    file.append('c\n');
    await file.restart();
    expect(await file.lines()).toEqual(['3 c']);
    expect(file.events).toEqual([]);
  });

  it('may begin with a byte order mark, and hold what is no text', async () => {
    const file = new Followed();
    file.append('\uFEFFa\n');
    file.append(new Uint8Array([0xff, 0x0a]));
    file.append('b\n');
    expect(await file.lines()).toEqual(['1 a', '2 not UTF-8', '3 b']);
  });

  it('may have a line that is too long: the next one is read', async () => {
    const file = new Followed();
    file.append(`a\n${'x'.repeat(100_000)}`);
    expect(await file.lines()).toEqual(['1 a']);
    await file.restart();
    file.append(`${'x'.repeat(100_000)}`);
    expect(await file.lines()).toEqual([]);
    file.append('x\nb\n');
    expect(await file.lines()).toEqual(['2 longer than 65536 bytes', '3 b']);
  });
});

describe('a file that is rotated', () => {
  it('is read to its end, and then the one that has its name', async () => {
    const file = new Followed();
    file.append('a\n');
    await file.lines();
    file.append('b\nlast');
    renameSync(file.path, `${file.path}.1`);
    expect(await file.lines()).toEqual(['2 b']);
    appendFileSync(`${file.path}.1`, ' words');
    file.append('c\n');
    expect(await file.lines()).toEqual(['3 last words', '1 c']);
    expect(file.events).toEqual(['rotated']);
  });

  it('while nobody looked is found under its new name', async () => {
    const file = new Followed();
    file.append('a\n');
    await file.lines();
    file.append('b\n');
    renameSync(file.path, `${file.path}.1`);
    file.append('c\n');
    await file.restart();
    expect(await file.lines()).toEqual(['2 b', '1 c']);
    expect(file.events).toEqual(['rotated']);
  });

  it('and gone is given up for the one that has its name', async () => {
    const file = new Followed();
    file.append('a\n');
    await file.lines();
    // The other one is made first: else it might get the same inode.
    writeFileSync(`${file.path}.next`, 'c\n');
    renameSync(`${file.path}.next`, file.path);
    await file.restart();
    expect(await file.lines()).toEqual(['1 c']);
    expect(file.events).toEqual(['replaced']);
  });

  it('again and again loses nothing', async () => {
    const file = new Followed();
    const read: string[] = [];
    for (let turn = 1; turn <= 5; turn += 1) {
      file.append(`${turn}\n`);
      if (turn % 2 === 0) await file.restart();
      read.push(...(await file.lines()));
      renameSync(file.path, `${file.path}.${turn}`);
    }
    expect(read).toEqual(['1 1', '1 2', '1 3', '1 4', '1 5']);
  });
});

describe('a file that is cut off', () => {
  it('is read from its beginning', async () => {
    const file = new Followed();
    file.append('a\nb\n');
    await file.lines();
    truncateSync(file.path);
    file.append('c\n');
    expect(await file.lines()).toEqual(['1 c']);
    expect(file.events).toEqual(['truncated']);
  });

  it('is known by its content where it has grown beyond what was read', async () => {
    const file = new Followed();
    file.append('a\n');
    await file.lines();
    const { ino } = statSync(file.path);
    writeFileSync(file.path, 'other\nlines\n');
    expect(statSync(file.path).ino).toBe(ino);
    await file.restart();
    expect(await file.lines()).toEqual(['1 other', '2 lines']);
    expect(file.events).toEqual(['truncated']);
  });
});

describe('whatever happens to a file', () => {
  type Step =
    { readonly do: 'append'; readonly text: string } | { readonly do: 'rotate' | 'restart' | 'read' };
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('append' as const),
        text: fc.string({ unit: fc.constantFrom('a', 'b', '\n'), minLength: 1, maxLength: 6 }),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constantFrom('rotate' as const, 'restart' as const, 'read' as const) }),
    },
  );

  it('every line is read once, in its order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const file = new Followed();
        const written: string[] = [''];
        const read: string[] = [];
        let turns = 0;
        file.append('');
        for (const each of steps) {
          if (each.do === 'append') {
            file.append(each.text);
            written[written.length - 1] += each.text;
          } else if (each.do === 'rotate') {
            // Somebody has seen it at least once: what came and went in between is nobody's to know.
            read.push(...(await file.lines()));
            turns += 1;
            renameSync(file.path, `${file.path}.${turns}`);
            file.append('');
            written.push('');
          } else if (each.do === 'restart') await file.restart();
          else read.push(...(await file.lines()));
        }
        file.append('\n');
        written[written.length - 1] += '\n';
        read.push(...(await file.lines()));
        const expected = written.flatMap((text) => {
          const lines = text.split('\n');
          if (lines.at(-1) === '') lines.pop();
          return lines.map((line, index) => `${index + 1} ${line}`);
        });
        expect(read).toEqual(expected);
        await file.restart();
        expect(await file.lines()).toEqual([]);
        await file.close();
      }),
      { numRuns: 60 },
    );
  });
});
