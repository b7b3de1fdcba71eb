import { expect, it } from '@jest/globals';
import { RefusalLog } from './refusal-log.js';

it('names a refusal, and then counts those of the next ten seconds', () => {
  const lines: unknown[] = [];
  const keep = (fields: unknown): void => void lines.push(fields);
  let now = 0;
  const log = new RefusalLog({ info: keep, warn: keep, error: keep }, () => now);
  for (now of [0, 1, 9_999, 10_000, 25_000]) log.note('203.0.113.7', '/v1/signals', `at ${now}`);
  const said = { address: '203.0.113.7', path: '/v1/signals' };
  expect(lines).toEqual([
    { ...said, reason: 'at 0' },
    { ...said, reason: 'at 10000', moreSinceLast: 2 },
    { ...said, reason: 'at 25000' },
  ]);
});
