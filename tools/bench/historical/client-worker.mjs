/** A worker thread that runs one client over bars in shared memory each time it is told to. */
import { parentPort, workerData } from 'node:worker_threads';
import { bookSignals, simulateClient } from '../../../libs/engine/dist/index.js';
import { inputOf, LEG_PERCENT, makeScene, turningStrategies } from './scene.mjs';

const { bars, every, strategies, warmUps } = workerData;
const turns = turningStrategies({ every, length: bars.length, strategies });
const scene = makeScene(bars, turns, LEG_PERCENT[every]);

function run() {
  const input = inputOf(scene);
  return simulateClient(input, bookSignals(input.signals), scene.config.clients[0]).records.trades.length;
}

for (let round = 0; round < warmUps; round += 1) run();
parentPort.on('message', () => parentPort.postMessage(run()));
parentPort.postMessage('ready');
