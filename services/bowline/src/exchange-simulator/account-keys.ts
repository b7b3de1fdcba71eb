import { InputError, type AccountConfig, type ClientConfig } from '@bowline/contracts';
import type { ApiCredentials } from '@bowline/exchange-simulator-service';
import { readSecret } from '../desk/read-secret.js';

/** What an account's clients show in a dialect, and whether everybody knows it. */
export interface AccountKeys extends ApiCredentials {
  readonly isDerived: boolean;
}

/**
 * The keys of an account in a dialect: its `apiKey` and `apiSecret`. On this machine one without them has keys that
 * follow from its name.
 *
 * @param shared others than this machine can reach the exchange: then every account needs keys of its own
 * @throws InputError where a secret is not there
 */
export function accountKeys(
  { clientId }: Pick<ClientConfig, 'clientId'>,
  { credentials, exchange }: AccountConfig,
  shared: boolean,
): AccountKeys {
  const place = `clients.${clientId}.exchanges.${exchange}`;
  const { apiKey = null, apiSecret = null } = credentials ?? {};
  if (apiKey !== null && apiSecret !== null) {
    const read = (reference: string, field: string): string => readSecret(reference, `${place}.${field}`);
    return { apiKey: read(apiKey, 'apiKey'), apiSecret: read(apiSecret, 'apiSecret'), isDerived: false };
  }
  if (shared)
    throw new InputError([
      `${place}: an exchange simulator that other machines can reach needs an apiKey and an apiSecret for every account, such as env:NAME`,
    ]);
  return { apiKey: `${clientId}@${exchange}`, apiSecret: 'development', isDerived: true };
}
