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
