import type { Path } from '../places.js';
import type { Problems } from '../problems.js';
import { didYouMean } from '../suggest.js';
import { list, section, type Raw } from './raw.js';

/** What a client needs besides right fields: an exchange, strategies where it lists them, routes that lead somewhere. */
export function checkClient(clientId: string, client: Raw, problems: Problems): void {
  const path: Path = ['clients', clientId];
  const exchanges = client['exchanges'];
  const names = Object.keys(section(exchanges));
  if (section(exchanges) === exchanges && names.length === 0) {
    problems.atKey([...path, 'exchanges'], 'expected at least one exchange');
  }
  for (const [name, account] of Object.entries(section(exchanges))) {
    const symbols = section(account)['symbols'];
    if (!Array.isArray(symbols) || symbols.length > 0) continue;
    problems.atValue(
      [...path, 'exchanges', name, 'symbols'],
      'expected at least one symbol; leave the line out to trade every symbol that has bars',
    );
  }
  const strategies = client['strategies'];
  const follows = list(strategies).length + Object.keys(section(strategies)).length;
  if (typeof strategies === 'object' && strategies !== null && follows === 0) {
    problems.atKey(
      [...path, 'strategies'],
      'expected at least one strategy; leave the line out to follow every strategy',
    );
  }
  checkRouting(client['routing'], names, [...path, 'routing'], problems);
  if (client['smartRouting'] === 'true' && section(client['routing']) === client['routing'])
    problems.atKey(
      [...path, 'smartRouting'],
      'routing says already how signals are split; leave one of them out',
    );
}

function checkRouting(routing: unknown, exchanges: readonly string[], path: Path, problems: Problems): void {
  const weights = Object.entries(section(routing));
  if (section(routing) !== routing) return;
  for (const [exchange] of weights) {
    if (exchanges.includes(exchange)) continue;
    const near = didYouMean(exchange, exchanges);
    const hint = near === null ? `expected one of ${exchanges.join(', ')}` : `did you mean ${near}?`;
    problems.atKey([...path, exchange], `the client has no such exchange; ${hint}`);
  }
  const allZero = weights.every(([, weight]) => typeof weight === 'string' && Number(weight) === 0);
  if (allZero) problems.atKey(path, 'expected at least one weight above 0');
}
