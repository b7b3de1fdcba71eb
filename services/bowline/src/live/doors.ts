import type { DeskConfig, RoleName } from '@bowline/contracts';
import { SignalAccess } from '@bowline/signal-ingest';
import type { Terminal } from '../cli/terminal.js';
import { openToken } from '../http/desk-token.js';
import { openSignalAccess } from '../http/signal-access.js';

/** Who may do what by HTTP. */
export interface Doors {
  readonly access: SignalAccess;
  readonly token: string | null;
}

/**
 * Reads the secrets of a process that listens, and says where anybody may send signals.
 *
 * @throws InputError where one is missing, or where others than this machine could do what nobody has allowed
 */
export function openDoors(
  config: DeskConfig,
  host: string,
  roles: readonly RoleName[],
  terminal: Pick<Terminal, 'note'>,
): Doors {
  const token = openToken(config, host);
  if (!roles.includes('signal-ingest')) return { access: SignalAccess.open(), token };
  const { access, notice } = openSignalAccess(config, host);
  if (notice !== null) terminal.note(notice);
  return { access, token };
}
