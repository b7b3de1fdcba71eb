import type { DeskConfig } from './desk.js';

/** Environments that a desk can run in. */
const BUILT: readonly DeskConfig['environment'][] = ['local-dev'];

/**
 * Why a desk of this configuration cannot be run, or null. For commands that run one: historical mode needs no
 * environment and takes them all.
 */
export function environmentProblem(config: Pick<DeskConfig, 'environment'>): string | null {
  if (BUILT.includes(config.environment)) return null;
  return `environment ${config.environment} is checked but cannot be run yet; use ${BUILT.join(' or ')}`;
}
