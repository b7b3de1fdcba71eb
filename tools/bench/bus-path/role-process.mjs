/**
 * All shards of one role in a process of their own, composed as `bowline run` does it: a folder with the journals, a lease
 * for each shard, signed commands, heartbeats. Only that nobody can ask it anything by HTTP, and that the exchange answers
 * at once, within the process of its gateway, and says when it was handed a request.
 */
import { join } from 'node:path';
import { shardEpoch } from '../../../libs/engine/dist/index.js';
import { openEmbeddedJournals } from '../../../libs/journal/embedded/dist/index.js';
import { Opened } from '../../../services/bowline/dist/live/closing.js';
import { commandKeys } from '../../../services/bowline/dist/live/command-keys.js';
import { guardedBus } from '../../../services/bowline/dist/live/guarded-bus.js';
import { holdLeases } from '../../../services/bowline/dist/live/leases.js';
import { ownShardNames } from '../../../services/bowline/dist/live/own-shards.js';
import { openDesk, QUIET } from '../signal-path/bench-desk.mjs';
import { deskOf } from '../signal-path/desk-of.mjs';
import { openBusOf } from './desk-topics.mjs';
import { Notes } from './notes.mjs';

const HEARTBEAT_MS = 1_000;
/** Longer than a bench: the exchange that answers at once knows no list of trades. */
const SWEEP_MS = 3_600_000;

process.on('disconnect', () => process.exit(0));
const { clients, folder, role, where } = JSON.parse(process.argv[2]);
const { config, layout } = deskOf(clients, true);
const roles = [role];
const leases = { leaseFolder: join(folder, 'leases'), redisUrl: '', logger: QUIET };
const held = await holdLeases(
  { ...leases, signal: new AbortController().signal },
  ownShardNames(layout, roles),
  new Opened(),
);
const leaseOf = (shard) => held.get(shard) ?? null;
const journals = await openEmbeddedJournals(join(folder, role));
const epoch = (group) => shardEpoch(journals, leaseOf(group));
const notes = new Notes();
await openDesk(
  {
    ...{ config, layout, roles, journals, leaseOf },
    openBus: guardedBus(openBusOf(where, layout, epoch), commandKeys(layout, roles, config), QUIET),
    heartbeatMs: HEARTBEAT_MS,
    sweepMs: SWEEP_MS,
  },
  (request) => notes.add(request),
);
process.send('ready');
