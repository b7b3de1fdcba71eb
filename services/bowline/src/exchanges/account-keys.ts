import { InputError, type AccountConfig, type ClientConfig } from '@bowline/contracts';
import { readSecret } from '../desk/read-secret.js';

/** What an exchange knows an account by. */
export interface AccountKeys {
  readonly apiKey: string;
  readonly apiSecret: string;
  /** Null: the exchange wants none. */
  readonly apiPassphrase: string | null;
}

/**
 * The keys of an account at a real exchange.
 *
 * @throws InputError where one is not there
 */
export function accountKeys(
  { clientId }: Pick<ClientConfig, 'clientId'>,
  { credentials, exchange }: AccountConfig,
): AccountKeys {
  const at = `clients.${clientId}.exchanges.${exchange}`;
  const read = (name: 'apiKey' | 'apiSecret'): string => {
    const reference = credentials?.[name] ?? null;
    if (reference === null)
      throw new InputError([`${at}.${name}: missing, and the exchange knows nobody without`]);
    return readSecret(reference, `${at}.${name}`);
  };
  const passphrase = credentials?.apiPassphrase;
  return {
    apiKey: read('apiKey'),
    apiSecret: read('apiSecret'),
    apiPassphrase: passphrase === undefined ? null : readSecret(passphrase, `${at}.apiPassphrase`),
  };
}
