import { InputError, type AccountConfig, type ClientConfig } from '@bowline/contracts';
import { readSecret } from '../desk/read-secret.js';

/** What opens every account that has no secret of its own, on this machine. */
const DEVELOPMENT_TOKEN = 'development';

/**
 * The token of an account at an exchange simulator: its `apiSecret`.
 *
 * @param shared others than this machine can reach the exchange: then every account needs a secret of its own
 * @throws InputError where the secret is not there
 */
export function accountToken(
  { clientId }: Pick<ClientConfig, 'clientId'>,
  { credentials, exchange }: AccountConfig,
  shared: boolean,
): string {
  const place = `clients.${clientId}.exchanges.${exchange}.apiSecret`;
  const reference = credentials?.apiSecret ?? null;
  if (reference !== null) return readSecret(reference, place);
  if (!shared) return DEVELOPMENT_TOKEN;
  throw new InputError([
    `${place}: an exchange simulator that other machines can reach needs a secret for every account, such as env:NAME`,
  ]);
}
