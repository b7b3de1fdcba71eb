import { overlay } from '../overlay.js';
import type { Path } from '../places.js';
import { section, type Raw } from './raw.js';

/** The parameters that hold for one strategy of a client, or for all that have no overrides. */
export interface Scope {
  /** Null: strategies without overrides. */
  readonly strategyId: string | null;
  /** With the client's values where the strategy says nothing. */
  readonly riskParams: Raw;
  readonly orderParams: Raw;
  /** Where a value of the scope comes from: the strategy's section or the client's. */
  readonly pathOf: (group: 'riskParams' | 'orderParams', key: string) => Path;
}

/** Every set of parameters that some strategy of the client runs with. */
export function scopesOf(clientId: string, client: Raw): Scope[] {
  const overrides = Object.entries(section(client['strategies']));
  if (overrides.length === 0) return [scopeOf(clientId, client, null, {})];
  return overrides.map(([strategyId, value]) => scopeOf(clientId, client, strategyId, section(value)));
}

function scopeOf(clientId: string, client: Raw, strategyId: string | null, own: Raw): Scope {
  return {
    strategyId,
    riskParams: overlay(section(client['riskParams']), section(own['riskParams'])),
    orderParams: overlay(section(client['orderParams']), section(own['orderParams'])),
    pathOf: (group, key) =>
      strategyId !== null && section(own[group])[key] !== undefined
        ? ['clients', clientId, 'strategies', strategyId, group, key]
        : ['clients', clientId, group, key],
  };
}
