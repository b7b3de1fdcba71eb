import { describe, expect, it } from '@jest/globals';
import { oneLine } from './one-line.js';

const HEAD = { level: 'warn', time: '2026-01-02T03:04:05.678Z', role: 'oco-manager' };
const line = (fields: Readonly<Record<string, unknown>>) =>
  oneLine(`${JSON.stringify({ ...HEAD, ...fields })}\n`);

describe('a line of the log on a terminal', () => {
  it('tells time, level, role and message, then the fields', () => {
    expect(
      line({ channel: 'ikenna.binance-usdm.BTCUSDT', quantity: 3, ok: true, msg: 'stop rejected' }),
    ).toBe(
      '03:04:05.678 WARN  oco-manager: stop rejected channel=ikenna.binance-usdm.BTCUSDT quantity=3 ok=true\n',
    );
  });

  it.each([
    ['a b', 'reason="a b"'],
    ['', 'reason=""'],
    ['a=b', 'reason="a=b"'],
    [{ code: -2021 }, 'reason={"code":-2021}'],
    [null, 'reason=null'],
  ])('quotes a value that would not read as one: %j', (reason, expected) => {
    expect(line({ reason, msg: 'm' })).toBe(`03:04:05.678 WARN  oco-manager: m ${expected}\n`);
  });

  it('is one line, and nothing in it moves the cursor', () => {
    const text = line({
      'na\nme': '\u001b[2J',
      c1: '\u009b2J',
      list: ['\r\n'],
      msg: 'two\nlines \u001b[31m',
    });
    expect(text.trimEnd().match(/\p{Cc}/gu)).toBeNull();
    expect(text).toContain('two\\u000alines \\u001b[31m');
  });
});
