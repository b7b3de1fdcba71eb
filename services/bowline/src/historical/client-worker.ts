import { workerData } from 'node:worker_threads';
import type { HistoricalResult } from '@bowline/ports';
import { runClients, type DeskRun } from './run-clients.js';
import { serveTasks } from './serve-tasks.js';

/** A worker thread that runs one client after the other, each by its id. */
const run = workerData as DeskRun;

serveTasks<string, HistoricalResult>((clientId, onProgress) => runClients(run, [clientId], onProgress));
