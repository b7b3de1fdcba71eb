import { InputError, type DeskConfig } from '@bowline/contracts';

/**
 * Historical mode has candles, and no order books.
 *
 * @throws InputError where a client has its signals split by them
 */
export function refuseSmartRouting({ clients }: Pick<DeskConfig, 'clients'>, path: string): void {
  const problems = clients
    .filter(({ smartRouting }) => smartRouting)
    .map(
      ({ clientId }) =>
        `${path}: clients.${clientId}.smartRouting: historical mode has no order books to split by; use routing, with weights`,
    );
  if (problems.length > 0) throw new InputError(problems);
}
