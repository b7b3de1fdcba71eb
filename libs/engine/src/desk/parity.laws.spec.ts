import { describe, expect, it } from '@jest/globals';
import {
  historicalInput,
  oneSignalAtATime,
  outcomeOfLoop,
  playBars,
  randomScenarios,
  type Scenario,
} from '@bowline/testkit';
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { runHistorical } from '../historical/run-historical.js';

const LIMITS = [
  { maxLeverage: '0.8' },
  { maxGrossExposure: '6000' },
];

describe('the historical loop and the roles', () => {
  it('random', async () => {
    const run = async (scenario: Scenario) => {
      const input = oneSignalAtATime(historicalInput(scenario));
      const expected = outcomeOfLoop(input, runHistorical(input));
      try {
        expect(await playBars(input)).toEqual(expected);
      } catch (error) {
        writeFileSync('/tmp/parity-case.json', JSON.stringify(scenario));
        throw error;
      }
    };
    await fc.assert(fc.asyncProperty(randomScenarios(LIMITS), run), {
      numRuns: Number(process.env.RUNS ?? 60),
      seed: Number(process.env.SEED ?? 1),
      endOnFailure: process.env.SHRINK === undefined,
    });
  }, 600_000);
});
