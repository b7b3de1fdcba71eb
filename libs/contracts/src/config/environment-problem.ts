import type { DeskConfig } from './desk.js';

/** Environments that a desk can run in. */
const BUILT: readonly DeskConfig['environment'][] = ['local-dev'];

/**
 * Why a desk of this configuration cannot be run, or null. For commands that run one: historical mode needs no
 * environment and takes them all.
 */
export function environmentProblem({
  environment,
  live,
}: Pick<DeskConfig, 'environment' | 'live'>): string | null {
  if (!BUILT.includes(environment))
    return `environment ${environment} is checked but cannot be run yet; use ${BUILT.join(' or ')}`;
  if (live.exchanges !== 'mock')
    return `dependencies.exchanges.type ${live.exchanges} is checked but cannot be run yet; use mock`;
  if (live.bus !== 'local_pubsub')
    return `messaging.type ${live.bus} is checked but cannot be run yet; use local_pubsub`;
  return null;
}
