import type { Path } from '../places.js';
import type { Problems } from '../problems.js';
import { didYouMean } from '../suggest.js';
import { section, type Raw } from './raw.js';

/** Ways to exchanges: only to those that a client has, and each key where it means something. */
export function checkConnections(desk: Raw, problems: Problems): void {
  const exchanges = section(section(desk['dependencies'])['exchanges']);
  const path: Path = ['dependencies', 'exchanges'];
  const used = new Set(
    Object.values(section(desk['clients'])).flatMap((client) =>
      Object.keys(section(section(client)['exchanges'])),
    ),
  );
  for (const [exchange, value] of Object.entries(section(exchanges['connections']))) {
    const at: Path = [...path, 'connections', exchange];
    if (!used.has(exchange)) {
      const near = didYouMean(exchange, [...used]);
      problems.atKey(at, `no client has this exchange${near === null ? '' : `; did you mean ${near}?`}`);
    }
    const { adapter = exchange, ccxtId } = section(value);
    if (ccxtId !== undefined && typeof adapter === 'string' && adapter.startsWith('binance-'))
      problems.atKey([...at, 'ccxtId'], `of the adapter ccxt only, and this one is ${adapter}`);
  }
}
