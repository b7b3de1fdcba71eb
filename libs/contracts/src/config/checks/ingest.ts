import { TOPICS } from '../../messages/names.js';
import type { Path } from '../places.js';
import type { Problems } from '../problems.js';
import { didYouMean } from '../suggest.js';
import { list, section, type Raw } from './raw.js';

const MOST_SECRETS = 2;

/** Sources of signals: secrets that are each source's own, strategies that somebody follows, nothing read twice. */
export function checkIngest(desk: Raw, problems: Problems): void {
  const ingest = section(desk['ingest']);
  const path: Path = ['ingest'];
  const followed = followedStrategies(desk);
  const holders = new Map<string, string>();
  for (const [name, value] of Object.entries(section(ingest['sources']))) {
    const at: Path = [...path, 'sources', name];
    checkSecrets(name, section(value)['secrets'], at, holders, problems);
    checkStrategies(section(value)['strategies'], at, followed, problems);
  }
  for (const [kind, key] of [
    ['files', 'path'],
    ['subscriptions', 'topic'],
  ] as const) {
    const seen = new Set<unknown>();
    for (const [index, item] of list(ingest[kind]).entries()) {
      const at: Path = [...path, kind, index];
      const named = section(item)[key];
      if (typeof named === 'string' && seen.has(named))
        problems.atValue([...at, key], `${named} is listed twice`);
      seen.add(named);
      checkStrategies(section(item)['strategies'], at, followed, problems);
      if (kind === 'subscriptions') checkTopic(named, [...at, key], problems);
    }
  }
}

function checkSecrets(
  name: string,
  value: unknown,
  at: Path,
  holders: Map<string, string>,
  problems: Problems,
): void {
  if (!Array.isArray(value)) return;
  if (value.length === 0 || value.length > MOST_SECRETS) {
    problems.atKey([...at, 'secrets'], `expected one secret, or two while one replaces the other`);
  }
  for (const [index, reference] of list(value).entries()) {
    if (typeof reference !== 'string') continue;
    const holder = holders.get(reference);
    // Which source has sent a request shows only in the secret.
    if (holder !== undefined) {
      const message =
        holder === name ? 'is listed twice' : `is the secret of ${holder} already; every source has its own`;
      problems.atValue([...at, 'secrets', index], message);
    }
    holders.set(reference, name);
  }
}

/** Null: somebody follows every strategy. */
function followedStrategies(desk: Raw): readonly string[] | null {
  const named = Object.values(section(desk['clients'])).map((client) => section(client)['strategies']);
  if (named.some((strategies) => typeof strategies !== 'object' || strategies === null)) return null;
  return named.flatMap((strategies) =>
    Array.isArray(strategies) ? strategies.map(String) : Object.keys(section(strategies)),
  );
}

function checkStrategies(
  value: unknown,
  at: Path,
  followed: readonly string[] | null,
  problems: Problems,
): void {
  if (Array.isArray(value) && value.length === 0) {
    problems.atKey(
      [...at, 'strategies'],
      'expected at least one strategy; leave the line out to let it send every strategy',
    );
  }
  for (const [index, id] of list(value).entries()) {
    if (followed === null || typeof id !== 'string' || followed.includes(id)) continue;
    const near = didYouMean(id, followed);
    const hint = near === null ? `clients follow ${followed.join(', ')}` : `did you mean ${near}?`;
    problems.atValue([...at, 'strategies', index], `no client follows ${id}; ${hint}`);
  }
}

function checkTopic(topic: unknown, at: Path, problems: Problems): void {
  if (typeof topic !== 'string') return;
  const own = TOPICS.find((name) => topic === name || topic.startsWith(`${name}.`));
  if (own !== undefined)
    problems.atValue(at, `${own} are messages between Bowline's own roles; choose another topic`);
}
