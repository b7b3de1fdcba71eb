/** `liveness`: whether the process should go on living. `readiness`: whether it should be given work. */
export type Probe = 'liveness' | 'readiness';

export interface CheckResult {
  readonly ok: boolean;
  /** Why, for people. */
  readonly detail: string;
}

export interface HealthReport {
  readonly status: 'ok' | 'failing';
  readonly checks: readonly (CheckResult & { readonly name: string })[];
}

/** What a probe answers over HTTP. */
export interface HealthAnswer {
  readonly statusCode: 200 | 503;
  readonly body: HealthReport;
}

/** The checks of one process, by name. A check looks at what is in memory, and answers at once. */
export class HealthRegistry {
  private readonly checks = new Map<string, { readonly probe: Probe; readonly check: () => CheckResult }>();

  /** Throws where the name is taken. */
  add(probe: Probe, name: string, check: () => CheckResult): void {
    if (this.checks.has(name)) throw new Error(`there is a health check named ${name} already`);
    this.checks.set(name, { probe, check });
  }

  /** Runs the checks: for liveness its own, for readiness all, since what should not live is not ready either. */
  report(probe: Probe): HealthReport {
    const asked = [...this.checks].filter(([, held]) => probe === 'readiness' || held.probe === probe);
    const checks = asked.map(([name, { check }]) => ({ name, ...run(check) }));
    return { status: checks.every(({ ok }) => ok) ? 'ok' : 'failing', checks };
  }
}

/** What `/healthz` answers: 503 tells the supervisor to start the process again. */
export function healthz(registry: HealthRegistry): HealthAnswer {
  return answer(registry.report('liveness'));
}

/** What `/readyz` answers: 503 tells the load balancer to send nothing. */
export function readyz(registry: HealthRegistry): HealthAnswer {
  return answer(registry.report('readiness'));
}

function answer(body: HealthReport): HealthAnswer {
  return { statusCode: body.status === 'ok' ? 200 : 503, body };
}

/** A check that throws has failed; the others still tell. */
function run(check: () => CheckResult): CheckResult {
  try {
    const { ok, detail } = check();
    return { ok, detail };
  } catch (error) {
    return { ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}
