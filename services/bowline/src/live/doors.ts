import type { DeskConfig, RoleName } from '@bowline/contracts';
import { SignalAccess } from '@bowline/signal-ingest';
import { openToken } from '../http/desk-token.js';
import { openSignalAccess } from '../http/signal-access.js';

/** Who may do what by HTTP. */
export interface Doors {
  readonly access: SignalAccess;
  readonly token: string | null;
  /** To be said: that anybody may send signals; null: nobody may who does not sign. */
  readonly notice: string | null;
}

/**
 * Reads the secrets of a process that listens.
 *
 * @throws InputError where one is missing, or where others than this machine could do what nobody has allowed
 */
export function openDoors(config: DeskConfig, host: string, roles: readonly RoleName[]): Doors {
  const token = openToken(config, host);
  if (!roles.includes('signal-ingest')) return { access: SignalAccess.open(), token, notice: null };
  return { ...openSignalAccess(config, host), token };
}
