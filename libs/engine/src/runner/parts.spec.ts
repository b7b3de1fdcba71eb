import { describe, expect, it } from '@jest/globals';
import { decodeJson, encodeJson } from '@bowline/contracts';
import type { BusMessage } from '@bowline/ports';
import fc from 'fast-check';
import { Inbox, type SavedInbox } from './inbox.js';
import { Outbox } from './outbox.js';
import { decodeMessages, decodeRecord, encodeMessages, encodeRecord } from './record.js';
import type { Envelope } from './role.js';
import { from, settled } from './runner.spec-support.js';

describe('the inbox', () => {
  const arrival = fc.tuple(fc.nat(30), fc.nat(400), fc.nat(3), fc.nat(5));

  it('knows what has come within the window, nothing older than two, and how young each sender was, also after it was saved', () => {
    fc.assert(
      fc.property(fc.array(arrival), (arrivals) => {
        const windowMs = 1_000;
        let inbox = new Inbox(windowMs);
        const seen = new Map<string, number>();
        const epochs = new Map<string, number>();
        let at = 0;
        for (const [id, later, source, epoch] of arrivals) {
          at += later;
          const envelope = from(`m${id}`, `s${source}`, epoch);
          expect(inbox.isFenced(envelope)).toBe(epoch < (epochs.get(`s${source}`) ?? 0));
          if (inbox.has(envelope)) continue;
          expect(at - (seen.get(envelope.id) ?? -Infinity)).toBeGreaterThan(0);
          inbox.note(envelope, at);
          seen.set(envelope.id, at);
          epochs.set(`s${source}`, Math.max(epoch, epochs.get(`s${source}`) ?? 0));
          for (const [known, since] of seen) {
            if (since >= at - windowMs) expect(inbox.has(from(known))).toBe(true);
            else if (since < at - 2 * windowMs) expect(inbox.has(from(known))).toBe(false);
          }
          inbox = new Inbox(windowMs, inbox.save());
        }
      }),
    );
  });
});

describe('an inbox that has forgotten an id', () => {
  const WINDOW_MS = 1_000;
  const sent = (id: string, time: number, source = 's', topic = 't') => ({
    ...from(id, source),
    topic,
    time,
  });

  /** An inbox that has handled these, and has forgotten all of them in the two windows since. */
  function inboxAfter(...envelopes: readonly Envelope[]): Inbox {
    const inbox = new Inbox(WINDOW_MS);
    for (const envelope of envelopes) inbox.note(envelope, envelope.time ?? 0);
    inbox.note(from('something else', 'other'), 10 * WINDOW_MS);
    return new Inbox(WINDOW_MS, inbox.save());
  }

  it.each<[string, Envelope, boolean]>([
    ['the last message of a sender', sent('b', 20), true],
    ['an earlier one', sent('a', 10), true],
    ['whatever else is older than that', sent('never seen', 15), true],
    ['another one of the same moment as the last', sent('c', 20), false],
    ['a later one, however long it was on its way', sent('c', 21), false],
    ['one of another sender', sent('a', 10, 'another'), false],
    ['one of another topic', sent('a', 10, 's', 'another'), false],
    ['what has not come by the bus', from('a', 's'), false],
  ])('knows whether it has had %s', (_, envelope, known) => {
    expect(inboxAfter(sent('a', 10), sent('b', 20)).has(envelope)).toBe(known);
  });

  it('knows all messages of the last moment', () => {
    const inbox = inboxAfter(sent('a', 20), sent('b', 20), sent('c', 20));
    expect(['a', 'b', 'c', 'd'].map((id) => inbox.has(sent(id, 20)))).toEqual([true, true, true, false]);
  });

  it('takes what was waiting for it while it did not run', () => {
    const inbox = inboxAfter(sent('a', 10));
    for (let at = 11; at < 20; at += 1) {
      const envelope = sent(`waiting ${at}`, at);
      expect(inbox.has(envelope)).toBe(false);
      inbox.note(envelope, 20 * WINDOW_MS + at);
    }
  });

  it('never knows a message that it has not had, and always one that it has, where each sender keeps its order', () => {
    const step = fc.tuple(fc.nat(2), fc.nat(3), fc.nat(1_500), fc.nat(60));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        let inbox = new Inbox(WINDOW_MS);
        const had: Envelope[] = [];
        const times = [0, 0, 0];
        let at = 0;
        for (const [sender, later, passed, again] of steps) {
          times[sender]! += later;
          at += passed;
          const envelope = sent(`m${had.length}`, times[sender]!, `s${sender}`);
          expect(inbox.has(envelope)).toBe(false);
          inbox.note(envelope, at);
          had.push(envelope);
          expect(inbox.has(had[again % had.length]!)).toBe(true);
          if (again % 8 === 0)
            inbox = new Inbox(WINDOW_MS, decodeJson(encodeJson(inbox.save())) as SavedInbox);
        }
        for (const envelope of had) expect(inbox.has(envelope)).toBe(true);
      }),
    );
  });
});

describe('the outbox', () => {
  it('has settled what all answers have come for, up to the oldest that has one missing', async () => {
    const made = fc.array(fc.nat(3), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(made, fc.infiniteStream(fc.nat(100)), async (counts, draws) => {
        const answers: { readonly sequence: number; readonly answer: () => void }[] = [];
        let current = 0;
        const publish = () =>
          new Promise<void>((answer) => {
            answers.push({ sequence: current, answer });
          });
        const outbox = new Outbox({ publish }, 0, () => undefined);
        const open = new Map<number, number>();
        const isSettled = () => {
          const oldest = Math.min(...[...open].filter(([, left]) => left > 0).map(([sequence]) => sequence));
          expect(outbox.settled).toBe(Math.min(oldest - 1, current));
        };
        for (const [at, count] of counts.entries()) {
          current = at + 1;
          open.set(current, count);
          outbox.publish(
            current,
            Array.from({ length: count }, () => ({}) as BusMessage),
          );
          isSettled();
          if (draws.next().value! % 2 === 0 && answers.length > 0) await answerOne();
        }
        while (answers.length > 0) await answerOne();
        expect(outbox.settled).toBe(counts.length);

        async function answerOne(): Promise<void> {
          const [{ answer, sequence }] = answers.splice(draws.next().value! % answers.length, 1) as [
            (typeof answers)[number],
          ];
          answer();
          await Promise.resolve();
          open.set(sequence, open.get(sequence)! - 1);
          isSettled();
        }
      }),
      { numRuns: 100 },
    );
  });

  it('does not settle what the bus refuses, and says so', async () => {
    const refused: string[] = [];
    const outbox = new Outbox(
      { publish: ({ id }) => (id === 'bad' ? Promise.reject(new Error('unread')) : Promise.resolve()) },
      7,
      ({ id }, error) => refused.push(`${id}: ${(error as Error).message}`),
    );
    outbox.publish(8, [{ id: 'good' } as BusMessage]);
    outbox.publish(9, [{ id: 'bad' } as BusMessage]);
    outbox.publish(10, []);
    await settled();
    expect([outbox.settled, refused]).toEqual([8, ['bad: unread']]);
  });
});

describe('a record', () => {
  it('comes back from its text as it was', () => {
    const text = fc.string();
    const body = fc.object({
      // No field of ours has this name, which JSON keeps and an assignment does not.
      key: text.filter((name) => name !== '__proto__'),
      values: [fc.string(), fc.integer(), fc.bigInt()],
      withMap: true,
      withSet: true,
    });
    fc.assert(
      fc.property(
        fc.record(
          { id: text, source: text, epoch: fc.nat(), topic: text, time: fc.nat() },
          { requiredKeys: ['id', 'source', 'epoch', 'topic'] },
        ),
        fc.nat(),
        fc.nat(),
        fc.array(body),
        fc.array(fc.record({ topic: text, key: text, body })),
        fc.nat(),
        (envelope, at, settledTo, events, messages, told) => {
          const encoded = encodeMessages(messages);
          const { messages: text, ...read } = decodeRecord(
            encodeRecord(envelope, at, settledTo, events, encoded, told),
          );
          expect(read).toEqual({ envelope, at, settled: settledTo, told, events });
          expect(decodeMessages(text)).toEqual(encoded);
        },
      ),
    );
  });
});
