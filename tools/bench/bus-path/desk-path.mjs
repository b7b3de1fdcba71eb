/** The desk of three processes, and the signals that the bench, in the place of ingest, sends to it. */
import { randomBytes } from 'node:crypto';
import { COMMAND_KEY, deskOf } from '../signal-path/desk-of.mjs';
import { Signals } from '../signal-path/signals.mjs';
import { Children } from './children.mjs';
import { openBusOf } from './desk-topics.mjs';

const ROLES = ['execution-gateway', 'oco-manager', 'order-generator'];

/** Returns its walks, and what ends it. */
export async function openDeskPath({ clients, folder, where }) {
  const { layout } = deskOf(clients);
  const env = { [COMMAND_KEY]: randomBytes(32).toString('base64') };
  const children = new Children();
  const bus = openBusOf(where, layout, () => 0)(() => undefined);
  const signals = new Signals(layout, (message) => bus.publish(message));
  try {
    const all = ROLES.map((role) =>
      children.start('./role-process.mjs', { clients, folder, role, where }, env, (request) =>
        signals.requested(request),
      ),
    );
    await Promise.all(all);
  } catch (error) {
    await children.kill();
    throw error;
  }
  return {
    walks: signals.walks,
    failed: children.failed,
    close: async () => {
      await children.kill();
      await bus.close();
    },
  };
}
