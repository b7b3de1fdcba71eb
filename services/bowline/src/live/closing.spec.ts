import { describe, expect, it } from '@jest/globals';
import { KeptLog } from '../http/test-desk.spec-support.js';
import { closeAfterFailure, closeAll, Opened } from './closing.js';

function thing(name: string, closed: string[], failure?: Error) {
  return {
    close: async () => {
      closed.push(name);
      await Promise.resolve();
      if (failure !== undefined) throw failure;
    },
  };
}

describe('closing', () => {
  it('goes backwards through what was opened, once', async () => {
    const closed: string[] = [];
    const opened = new Opened();
    for (const name of ['lock', 'journals', 'desk']) opened.add(thing(name, closed));
    await opened.close();
    await opened.close();
    expect(closed).toEqual(['desk', 'journals', 'lock']);
  });

  it('leaves nothing open because something else could not be closed, and tells what failed first', async () => {
    const closed: string[] = [];
    const things = [
      thing('a', closed, new Error('a fails')),
      thing('b', closed, new Error('b fails')),
      thing('c', closed),
    ];
    await expect(closeAll(things)).rejects.toThrow('a fails');
    expect(closed).toEqual(['a', 'b', 'c']);
  });

  it('after a failure only logs what fails, too', async () => {
    const log = new KeptLog();
    await closeAfterFailure(thing('a', [], new Error('a fails')), log);
    expect(log.lines).toEqual([{ level: 'error', message: 'what was open could not be closed either' }]);
  });
});
