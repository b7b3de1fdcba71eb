import type { TimeMs } from '@bowline/domain';

const DAY_MS = 86_400_000;

/** `2021-05-19T12:00:00.000Z`. */
export function timeText(time: TimeMs): string {
  return new Date(time).toISOString();
}

const TWO_DIGITS = Array.from({ length: 60 }, (_value, i) => String(i).padStart(2, '0'));

/**
 * As {@link timeText} for whole milliseconds, several times as fast where many times fall into few days: it asks the
 * calendar once a day.
 */
export function fastTimeText(): (time: TimeMs) => string {
  const dates = new Map<number, string>();
  let lastTime = NaN;
  let lastText = '';
  return (time) => {
    if (time === lastTime) return lastText;
    const day = Math.floor(time / DAY_MS);
    let date = dates.get(day);
    if (date === undefined) {
      date = timeText(day * DAY_MS).slice(0, -13);
      dates.set(day, date);
    }
    const ms = time - day * DAY_MS;
    const hour = TWO_DIGITS[Math.floor(ms / 3_600_000)];
    const minute = TWO_DIGITS[Math.floor(ms / 60_000) % 60];
    const second = TWO_DIGITS[Math.floor(ms / 1000) % 60];
    const fraction = ms % 1000 === 0 ? '000' : String(ms % 1000).padStart(3, '0');
    lastTime = time;
    lastText = `${date}${hour}:${minute}:${second}.${fraction}Z`;
    return lastText;
  };
}
