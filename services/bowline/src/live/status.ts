import type { StatusResponse } from '@bowline/contracts';
import { VERSION } from '../cli/version.js';
import type { Desk } from './desk.js';
import type { DeskParts } from './desk-parts.js';

/** What the desk says of itself. */
export function deskStatus(desk: Desk, parts: DeskParts): StatusResponse {
  const { clock, layout, mode, roles, seed, speed } = parts;
  return {
    version: VERSION,
    mode,
    startedAt: desk.startedAt.toISOString(),
    deskTime: new Date(clock.now()).toISOString(),
    speed,
    seed,
    roles: [...roles],
    clients: layout.clients.map(({ clientId }) => clientId),
    epochs: desk.runners().map(({ epoch, shard }) => ({ shard, epoch })),
    halts: haltsOf(desk),
    quarantines: [...desk.watch.quarantines.values()].map(({ error, messageId, shard, since }) => ({
      shard,
      key: shard.slice(shard.indexOf('/') + 1),
      messageId,
      error,
      at: since.toISOString(),
    })),
  };
}

function haltsOf({ generators }: Desk): StatusResponse['halts'] {
  if (generators === null) return null;
  return generators.runners.flatMap(({ shard, state }) =>
    state.scopes.map(({ at, by, reason, scope, tradingState }) => ({
      client: shard.slice(shard.indexOf('/') + 1),
      scope,
      state: tradingState,
      by,
      reason,
      at: new Date(at).toISOString(),
    })),
  );
}
