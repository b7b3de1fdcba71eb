import { Duplex, PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeJson } from '@bowline/contracts';
import { JsonLines } from './json-lines.js';
import { LONGEST_LINE } from './protocol.js';

/** The lines over a pair of streams, and what becomes of them. */
function linesOver() {
  const incoming = new PassThrough();
  const socket = Duplex.from({ readable: incoming, writable: new PassThrough() });
  const values: unknown[] = [];
  let close: (reason: string) => void = () => undefined;
  const closed = new Promise<string>((resolve) => {
    close = resolve;
  });
  const lines = new JsonLines(socket, { onValue: (value) => values.push(value), onClosed: close });
  return { lines, values, incoming, closed };
}

const jsonValues = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: 'binary', maxLength: 8 }),
    fc.bigInt(),
    fc.integer(),
    fc.constant(null),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 2 }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
})).value;

describe('JSON lines', () => {
  it('arrive whole and in order, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(jsonValues), fc.array(fc.nat(40)), (values, cuts) => {
        const { lines, values: heard } = linesOver();
        const bytes = Buffer.from(values.map((value) => `${encodeJson(value)}\n`).join(''));
        let from = 0;
        for (const length of cuts) {
          lines.take(bytes.subarray(from, from + length));
          from += length;
        }
        lines.take(bytes.subarray(from));
        expect(heard).toEqual(values);
      }),
    );
  });

  it('are broken off where one does not end', async () => {
    const { closed, incoming } = linesOver();
    incoming.write(Buffer.alloc(LONGEST_LINE + 1, 'x'));
    expect(await closed).toBe('a line has more than 1048576 bytes');
  });

  it('that were broken off hear nothing more', async () => {
    const { closed, incoming, lines, values } = linesOver();
    incoming.write('{"a":1}\nnonsense\n{"a":2}\n');
    expect(await closed).toBe('a line is no JSON: "nonsense"');
    lines.take(Buffer.from('{"a":3}\n'));
    lines.send({ a: 4 });
    expect(values).toEqual([{ a: 1 }]);
  });
});
