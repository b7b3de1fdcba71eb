import type { Path } from '../places.js';
import type { Problems } from '../problems.js';
import { isId } from '../schema/ids.js';
import { isSet, list, section, type Raw } from './raw.js';

type Kind = 'client' | 'exchange' | 'strategy' | 'symbol';

/**
 * Ids that differ only by case are refused throughout the file: they are one to a file system, to Kubernetes, and
 * to a tired eye. So is an id that a list names twice.
 */
export function checkIds(desk: Raw, problems: Problems): void {
  const first = new Map<string, string>();
  const seen = (kind: Kind, id: unknown, path: Path) => {
    if (typeof id !== 'string') return;
    const key = `${kind} ${id.toLowerCase()}`;
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, id);
    else if (earlier !== id && isId(id))
      problems.atKey(path, `${kind} ${id} differs only by case from ${earlier}; write it one way`);
  };
  const seenList = (kind: Kind, ids: unknown, path: Path) => {
    const before = new Set<unknown>();
    for (const [index, id] of list(ids).entries()) {
      if (before.has(id) && typeof id === 'string' && isId(id))
        problems.atValue([...path, index], `${id} is listed twice`);
      before.add(id);
      seen(kind, id, [...path, index]);
    }
  };
  for (const [clientId, value] of Object.entries(section(desk['clients']))) {
    const client = section(value);
    const path: Path = ['clients', clientId];
    seen('client', clientId, path);
    for (const [exchange, account] of Object.entries(section(client['exchanges']))) {
      seen('exchange', exchange, [...path, 'exchanges', exchange]);
      seenList('symbol', section(account)['symbols'], [...path, 'exchanges', exchange, 'symbols']);
    }
    for (const id of Object.keys(section(client['strategies'])))
      seen('strategy', id, [...path, 'strategies', id]);
    seenList('strategy', client['strategies'], [...path, 'strategies']);
    seenList('symbol', section(client['riskParams'])['restrictedSymbols'], [
      ...path,
      'riskParams',
      'restrictedSymbols',
    ]);
  }
  for (const [name, value] of Object.entries(section(desk['instruments']))) {
    const bySymbol = Object.values(section(value)).some((child) => isSet(child) && section(child) === child);
    seen(bySymbol ? 'exchange' : 'symbol', name, ['instruments', name]);
    for (const symbol of bySymbol ? Object.keys(section(value)) : [])
      seen('symbol', symbol, ['instruments', name, symbol]);
  }
}
