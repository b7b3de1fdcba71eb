import { commandKey, MIN_KEY_BYTES, type CommandKey } from '@bowline/bus-guarded';
import { accountKey, InputError, topicOf, type DeskConfig, type RoleName } from '@bowline/contracts';
import type { DeskLayout } from '@bowline/engine';
import { readSecret } from '../desk/read-secret.js';

/** A topic of commands, and where the key of those who may send them is configured. */
interface CommandTopic {
  readonly topic: string;
  /** `clients.ikenna.exchanges.okx.commandKey` */
  readonly place: string;
  /** `env:NAME`, `file:PATH`; absent: there is none. */
  readonly reference: string | undefined;
  /** What whoever can write there could do without it. */
  readonly means: string;
}

/** While one takes the place of another. */
const MOST_KEYS = 2;

/**
 * The keys of the topics on which the roles of a process send or take commands, and of no others: order intents have the
 * client's, orders the account's. The secret of a key that is being replaced has two lines: the first one signs, and
 * both are good.
 *
 * @param own the shards of the process
 * @throws InputError where a key cannot be read, or is none
 */
export function commandKeys(
  own: DeskLayout,
  roles: readonly RoleName[],
  { clients }: Pick<DeskConfig, 'clients'>,
): ReadonlyMap<string, readonly CommandKey[]> {
  const keys = new Map<string, readonly CommandKey[]>();
  for (const { place, reference, topic } of commandTopics(own, roles, clients)) {
    if (reference !== undefined) keys.set(topic, keysIn(readSecret(reference, place), place));
  }
  return keys;
}

/** What the commands of a process go without, a sentence for each client and each account. */
export function unsignedCommands(
  own: DeskLayout,
  roles: readonly RoleName[],
  { clients, environment }: Pick<DeskConfig, 'clients' | 'environment'>,
): string[] {
  if (environment === 'local-dev') return [];
  return commandTopics(own, roles, clients)
    .filter(({ reference }) => reference === undefined)
    .map(({ means, place, topic }) => `${place} is not set: whoever can write to ${topic} can ${means}`);
}

function commandTopics(
  own: DeskLayout,
  roles: readonly RoleName[],
  clients: DeskConfig['clients'],
): CommandTopic[] {
  const of = (role: RoleName, topics: readonly string[]) => (roles.includes(role) ? topics : []);
  const concerned = new Set([
    ...of(
      'order-generator',
      own.clients.map(({ clientId }) => intentsOf(clientId)),
    ),
    ...of(
      'oco-manager',
      own.channels.flatMap(({ name }) => [intentsOf(name.clientId), ordersOf(name)]),
    ),
    ...of(
      'execution-gateway',
      own.accounts.map(({ key }) => topicOf('orders', key)),
    ),
  ]);
  return clients
    .flatMap(({ accounts, clientId, commandKey: reference }): CommandTopic[] => [
      {
        topic: intentsOf(clientId),
        place: `clients.${clientId}.commandKey`,
        reference,
        means: `trade for ${clientId}`,
      },
      ...accounts.map(({ commandKey: ofAccount, exchange }) => ({
        topic: ordersOf({ clientId, exchange }),
        place: `clients.${clientId}.exchanges.${exchange}.commandKey`,
        reference: ofAccount,
        means: `send orders to the account of ${clientId} at ${exchange}`,
      })),
    ])
    .filter(({ topic }) => concerned.has(topic));
}

function intentsOf(clientId: string): string {
  return topicOf('order-intents', clientId);
}

function ordersOf(account: Parameters<typeof accountKey>[0]): string {
  return topicOf('orders', accountKey(account));
}

function keysIn(secret: string, place: string): CommandKey[] {
  const lines = secret.split(/\r?\n/).filter((line) => line !== '');
  if (lines.length > MOST_KEYS)
    throw new InputError([
      `${place}: it has ${lines.length} lines; one key, or two while one takes the place of another, each in a line`,
    ]);
  return lines.map((line) => {
    const bytes = Buffer.from(line);
    if (bytes.length >= MIN_KEY_BYTES) return commandKey(bytes);
    throw new InputError([
      `${place}: a key of ${bytes.length} bytes is too short, ${MIN_KEY_BYTES} are needed; make one with: openssl rand -base64 32`,
    ]);
  });
}
