/** A hop of the floor: reads a stream, commits, writes the next one, acknowledges. The last one notes the arrival. */
import { Redis } from 'ioredis';
import { nowMs } from '../signal-path/walks.mjs';
import { openCommits } from './floor-commits.mjs';
import { Notes } from './notes.mjs';

const GROUP = 'floor';
const MOST = 256;
const BLOCK_MS = 1_000;

process.on('disconnect', () => process.exit(0));
const { folder, stage, streams, url } = JSON.parse(process.argv[2]);
const [stream, next = null] = streams.slice(stage);
const [reader, writer] = [new Redis(url), new Redis(url)];
const commit = openCommits(folder, stage);
const notes = new Notes();
await writer.xgroup('CREATE', stream, GROUP, '0', 'MKSTREAM');
process.send('ready');
const read = ['GROUP', GROUP, 'c', 'COUNT', MOST, 'BLOCK', BLOCK_MS, 'STREAMS', stream, '>'];
for (;;) {
  const reply = await reader.xreadgroup(...read);
  const entries = reply?.[0][1] ?? [];
  if (entries.length === 0) continue;
  commit(entries.length);
  const commands = writer.pipeline();
  for (const [, fields] of entries) {
    if (next !== null) commands.xadd(next, '*', ...fields);
    else notes.add({ number: Number(fields[1]), at: nowMs() });
  }
  commands.xack(stream, GROUP, ...entries.map(([id]) => id));
  void commands.exec();
}
