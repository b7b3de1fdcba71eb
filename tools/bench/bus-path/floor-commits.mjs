/** What a process of the floor has of the three commits: one write made durable for all that has come at once. */
import { fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { RECORDS } from '../signal-path/commits.mjs';

export function openCommits(folder, stage) {
  const file = openSync(join(folder, `floor-${stage}`), 'a');
  return (count) => {
    writeSync(file, Buffer.concat(Array.from({ length: count }, () => RECORDS[stage])));
    fdatasyncSync(file);
  };
}
