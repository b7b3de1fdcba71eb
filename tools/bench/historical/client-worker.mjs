/** A worker thread that runs one client over bars in shared memory each time it is told to. */
import { parentPort, workerData } from 'node:worker_threads';
import { LEG_PERCENT, makeScene, turningStrategies } from './scene.mjs';
import { simulate } from './simulate.mjs';

const { bars, every, strategies, warmUps } = workerData;
const turns = turningStrategies({ every, length: bars.length, strategies });
const scene = makeScene(bars, turns, LEG_PERCENT[every]);

for (let round = 0; round < warmUps; round += 1) simulate(scene);
parentPort.on('message', () => parentPort.postMessage(simulate(scene).trades.length));
parentPort.postMessage('ready');
