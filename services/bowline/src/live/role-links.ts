import { InputError, ROLES, type RoleName, type TopicName } from '@bowline/contracts';

/** Who writes what, and who has to read it. What analytics reads besides may go unread. */
const LINKS: readonly (readonly [from: RoleName, topic: TopicName, to: RoleName])[] = [
  ['signal-ingest', 'signals', 'order-generator'],
  ['order-generator', 'order-intents', 'oco-manager'],
  ['oco-manager', 'orders', 'execution-gateway'],
  ['oco-manager', 'positions', 'order-generator'],
  ['execution-gateway', 'executions', 'oco-manager'],
];

/**
 * The roles of a process, in the order of the list of all roles.
 *
 * @param isLocal the bus goes no further than the process
 * @throws InputError where one of them would speak to a role that is not there
 */
export function checkRoles(roles: readonly RoleName[], isLocal: boolean): readonly RoleName[] {
  const problems = (isLocal ? LINKS : [])
    .filter(([from, , to]) => roles.includes(from) && !roles.includes(to))
    .map(
      ([from, topic, to]) =>
        `--roles: ${from} sends ${topic} to ${to}, which is not among them; messaging local_pubsub connects roles of one process only, so add ${to}`,
    );
  if (roles.length === 0) problems.push(`--roles: name at least one of ${ROLES.join(', ')}`);
  if (problems.length > 0) throw new InputError(problems);
  return ROLES.filter((role) => roles.includes(role));
}
