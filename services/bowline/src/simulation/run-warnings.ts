import type { LiveRow } from '@bowline/contracts';
import { compareCodePoints } from '@bowline/domain';
import type { DeskSources } from '../desk/read-desk.js';
import type { Refusal } from '../live/replayed-signals.js';

/** What was refused when it was handed in, one sentence a reason. */
export function refusalWarnings(
  refusals: readonly Refusal[],
  signals: DeskSources['signals'],
): readonly string[] {
  const source = 'file' in signals ? signals.file : '--strategy';
  return refusals.map(({ count, reason, rows }) => {
    const more = count > rows.length ? ', ...' : '';
    const what = count === 1 ? '1 signal was refused, row' : `${count} signals were refused, rows`;
    return `${source}: ${what} ${rows.join(', ')}${more}: ${reason}`;
  });
}

/** What a person would have been called for, one sentence a code. */
export function alertWarnings(alerts: readonly LiveRow<'alerts'>[]): readonly string[] {
  const byCode = new Map<string, LiveRow<'alerts'>[]>();
  for (const alert of alerts) byCode.set(alert.code, [...(byCode.get(alert.code) ?? []), alert]);
  return [...byCode]
    .sort(([a], [b]) => compareCodePoints(a, b))
    .map(([code, raised]) => {
      const [first, ...others] = [...raised].sort(
        (a, b) => a.time - b.time || compareCodePoints(placeOf(a), placeOf(b)),
      );
      const when = `${placeOf(first!)} at ${new Date(first!.time).toISOString()}`;
      return others.length === 0
        ? `alert ${code}: ${when}`
        : `alert ${code} ${raised.length} times, first ${when}`;
    });
}

function placeOf({ clientId, exchange, strategyPositionId, symbol }: LiveRow<'alerts'>): string {
  return [clientId, exchange, symbol, strategyPositionId].filter((part) => part !== null).join(' ');
}
