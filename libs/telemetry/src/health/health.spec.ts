import { describe, expect, it } from '@jest/globals';
import { HealthRegistry, healthz, readyz, type CheckResult, type Probe } from './health.js';

function given(...checks: [Probe, string, () => CheckResult][]): HealthRegistry {
  const registry = new HealthRegistry();
  for (const [probe, name, check] of checks) registry.add(probe, name, check);
  return registry;
}
const ok = () => ({ ok: true, detail: 'fine' });
const failing = () => ({ ok: false, detail: 'the journal is full' });

describe('/healthz and /readyz', () => {
  it.each([
    { live: ok, ready: ok, healthzCode: 200, readyzCode: 200 },
    { live: ok, ready: failing, healthzCode: 200, readyzCode: 503 },
    { live: failing, ready: ok, healthzCode: 503, readyzCode: 503 },
    { live: failing, ready: failing, healthzCode: 503, readyzCode: 503 },
  ])('answer $healthzCode and $readyzCode', ({ live, ready, healthzCode, readyzCode }) => {
    const registry = given(['liveness', 'journal', live], ['readiness', 'recovered', ready]);
    expect(healthz(registry).statusCode).toBe(healthzCode);
    expect(readyz(registry).statusCode).toBe(readyzCode);
  });

  it('say of each check what it found', () => {
    const registry = given(['liveness', 'journal', failing], ['readiness', 'recovered', ok]);
    expect(readyz(registry).body).toEqual({
      status: 'failing',
      checks: [
        { name: 'journal', ok: false, detail: 'the journal is full' },
        { name: 'recovered', ok: true, detail: 'fine' },
      ],
    });
    expect(healthz(registry).body.checks.map(({ name }) => name)).toEqual(['journal']);
  });

  it('look again each time', () => {
    let recovered = false;
    const registry = given(['readiness', 'recovered', () => ({ ok: recovered, detail: 'replaying' })]);
    expect(readyz(registry).statusCode).toBe(503);
    recovered = true;
    expect(readyz(registry).statusCode).toBe(200);
  });

  it('take a check that throws for failed, and ask the others', () => {
    const registry = given(
      [
        'liveness',
        'journal',
        () => {
          throw new RangeError('no such shard');
        },
      ],
      ['liveness', 'bus', ok],
    );
    expect(healthz(registry)).toEqual({
      statusCode: 503,
      body: {
        status: 'failing',
        checks: [
          { name: 'journal', ok: false, detail: 'no such shard' },
          { name: 'bus', ok: true, detail: 'fine' },
        ],
      },
    });
  });

  it('answer 200 where nothing is to be checked', () => {
    expect(healthz(given())).toEqual({ statusCode: 200, body: { status: 'ok', checks: [] } });
  });

  it('refuse a second check of the same name', () => {
    const registry = given(['liveness', 'journal', ok]);
    expect(() => registry.add('readiness', 'journal', ok)).toThrow(
      'there is a health check named journal already',
    );
  });
});
