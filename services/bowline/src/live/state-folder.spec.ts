import { describe, expect, it } from '@jest/globals';
import { WorkFolder } from '@bowline/testkit';
import { beginRun, makeFolder, noteClock, readClock, readRun, stateFolder } from './state-folder.js';

const work = new WorkFolder('state-folder');
const TERMS = { seed: 7, startTime: 1_000 };

describe('the folder of a desk', () => {
  it('keeps the terms of its run', async () => {
    await beginRun(stateFolder(work.at('terms')), TERMS);
    expect(await readRun(work.at('terms'))).toEqual(TERMS);
  });

  it('begins a run without anything of the one before, and with all else that is there', async () => {
    const dir = work.at('anew');
    for (const name of [
      'journal/manifest',
      'exchange/okx.jsonl',
      'desk.duckdb',
      'desk.duckdb.wal',
      'bowline.yaml',
      'my-notes',
    ]) {
      work.file(`anew/${name}`, 'x');
    }
    noteClock(dir, { time: 2_000, ended: true });
    await beginRun(stateFolder(dir), TERMS);
    expect(Object.keys(work.snapshot('anew'))).toEqual(['bowline.yaml', 'my-notes', 'run.json']);
    expect(readClock(dir)).toBeNull();
  });

  it('has no run before the first, and says so', async () => {
    await expect(readRun(work.at('none'))).rejects.toThrow('there is no run to resume');
  });

  it.each(['', '{', 'null', '[]', '{"seed":7}', '{"seed":"7","startTime":1}'])(
    'takes terms that read %j for damaged',
    async (text) => {
      work.file('damaged/run.json', text);
      await expect(readRun(work.at('damaged'))).rejects.toThrow('run.json is damaged');
    },
  );

  it('remembers how far the clock has come, and whether the run was ended there', () => {
    const dir = work.at('terms');
    noteClock(dir, { time: 2_000, ended: false });
    noteClock(dir, { time: 3_000, ended: true });
    expect(readClock(dir)).toEqual({ time: 3_000, ended: true });
  });

  it.each(['', '17', 'null', '{"time":"x","ended":true}'])(
    'knows nothing from a note that reads %j',
    (text) => {
      work.file('noted/clock', text);
      expect(readClock(work.at('noted'))).toBeNull();
    },
  );

  it('cannot be where a file is', async () => {
    const path = work.file('file', '');
    await expect(makeFolder(path)).rejects.toThrow(`${path} is no directory; choose another one with --dir`);
  });
});
