import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { crc32 } from './checksum.js';
import {
  deserializeRegistry,
  EMPTY_REGISTRY,
  serializeRegistry,
  type Evidence,
  type Metadata,
  type OwnershipEntry,
  type Registry,
  type RegistryErrorCode,
} from './index.js';

const AT = Date.parse('2026-01-27T15:00:00Z');

function entry(positionId: string, more: Partial<OwnershipEntry> = {}): OwnershipEntry {
  return {
    positionId,
    heldIn: positionId,
    symbol: 'SPX/27Jan26C5950',
    owner: 'MEIC',
    strategyId: 'meic_001',
    quantity: -2,
    registeredAt: AT,
    updatedAt: AT,
    metadata: { strikes: [5920, 5950], note: 'größer – ☂' },
    evidence: [{ kind: 'fill', tradeId: 't1', orderId: 'o1', externalReference: null, quantity: -2, at: AT }],
    ...more,
  };
}

function registryOf(version: number, ...entries: OwnershipEntry[]): Registry {
  return {
    version,
    entries: new Map(entries.map((item) => [item.positionId, item])),
    settledTrades: new Map([['t0', { owner: 'METF', positionIds: ['12340000', '12340001'] }]]),
  };
}

const SAMPLE = registryOf(7, entry('12345678'), entry('12345679', { owner: 'IRON_FLY_0DTE' }));
const TEXT = serializeRegistry(SAMPLE);

function codeOf(text: string): RegistryErrorCode | 'none' {
  const read = deserializeRegistry(text);
  return read.kind === 'error' ? read.error.code : 'none';
}

/** The text with a content that a program wrote with a right header. */
function sealed(content: string): string {
  return `{"format":"bowline.position-registry","formatVersion":1,"length":${content.length},"crc32":"${crc32(content)}"}\n${content}`;
}

describe('the text of a registry', () => {
  it('is a header line, and then an entry a line, in ASCII', () => {
    const lines = TEXT.split('\n');
    expect(lines[0]).toMatch(
      /^\{"format":"bowline\.position-registry","formatVersion":1,"length":\d+,"crc32":"[0-9a-f]{8}"\}$/,
    );
    expect(lines).toHaveLength(8);
    expect(JSON.parse(TEXT.slice(TEXT.indexOf('\n')))).toMatchObject({
      version: 7,
      entries: [{ positionId: '12345678' }, { positionId: '12345679' }],
    });
    expect(TEXT).toMatch(/^[\n -~]*$/);
  });

  it('reads back as the same registry', () => {
    expect(deserializeRegistry(TEXT)).toEqual({ kind: 'registry', registry: SAMPLE });
    expect(deserializeRegistry(serializeRegistry(EMPTY_REGISTRY))).toEqual({
      kind: 'registry',
      registry: EMPTY_REGISTRY,
    });
  });

  it('does not depend on the order of entries, fields, or metadata keys', () => {
    const [a, b] = [...SAMPLE.entries.values()];
    const reversed = Object.fromEntries(Object.entries(a!).reverse()) as unknown as OwnershipEntry;
    const turned = registryOf(7, b!, {
      ...reversed,
      metadata: { note: 'größer – ☂', strikes: [5920, 5950] },
    });
    expect(serializeRegistry(turned)).toBe(TEXT);
  });

  it('carries the usual CRC-32', () => {
    expect(crc32('123456789')).toBe('cbf43926');
  });
});

describe('a text that is no registry', () => {
  const contentStart = TEXT.indexOf('\n') + 1;
  it.each<[string, string, RegistryErrorCode]>([
    ['empty', '', 'EMPTY'],
    ['only white space', ' \n\n', 'EMPTY'],
    ['cut off in the header', TEXT.slice(0, 20), 'TRUNCATED'],
    ['cut off at the end of the header', TEXT.slice(0, contentStart - 1), 'TRUNCATED'],
    ['cut off after the header', TEXT.slice(0, contentStart), 'TRUNCATED'],
    ['cut off in the content', TEXT.slice(0, -1), 'TRUNCATED'],
    ['followed by the rest of an older, longer one', TEXT + TEXT.slice(-40), 'TORN'],
    ['filled up with zeros', TEXT.slice(0, 200) + '\0'.repeat(TEXT.length - 200), 'TORN'],
    ['damaged in the header', TEXT.replace('"length"', '"lenght"'), 'TORN'],
    ['one of something else', '{"version":1,"positions":{}}', 'NOT_A_REGISTRY'],
    ['prose', 'hello', 'NOT_A_REGISTRY'],
    ['of a later format', TEXT.replace('"formatVersion":1', '"formatVersion":2'), 'WRONG_VERSION'],
    ['changed by hand', TEXT.replace('IRON_FLY_0DTE', 'IRON_FLY_1DTE'), 'WRONG_CHECKSUM'],
    [
      'half of another one of the same length',
      TEXT.slice(0, 300) + TEXT.replaceAll('-2', '-3').slice(300),
      'WRONG_CHECKSUM',
    ],
    ['with a right checksum of no JSON', sealed('{"version":1,'), 'INVALID_CONTENT'],
    ['with a right checksum of other JSON', sealed('[]'), 'INVALID_CONTENT'],
  ])('%s', (_name, text, code) => {
    const read = deserializeRegistry(text);
    if (read.kind === 'registry') throw new Error('was read');
    expect(read.error.code).toBe(code);
    expect(read.error.problem).toMatch(/^unreadable registry: ./);
    expect(read.error.wayOut.length).toBeGreaterThan(20);
  });

  const broken = (change: (fields: Record<string, unknown>) => void): string => {
    const content = JSON.parse(TEXT.slice(contentStart)) as { entries: Record<string, unknown>[] };
    change(content.entries[0]!);
    return sealed(JSON.stringify(content));
  };
  it.each<[string, (fields: Record<string, unknown>) => void]>([
    ['entries[0].owner must be a text', (fields) => delete fields['owner']],
    ['entries[0].quantity must not be 0', (fields) => (fields['quantity'] = 0)],
    ['entries[0].quantity must be a whole number', (fields) => (fields['quantity'] = 1.5)],
    ['entries[0].metadata must be an object', (fields) => (fields['metadata'] = [])],
    ['entries[0].evidence must be a list', (fields) => (fields['evidence'] = {})],
    [
      'entries[0].evidence[0].kind unknown kind of evidence: "rumour"',
      (fields) => (fields['evidence'] = [{ kind: 'rumour', at: 1 }]),
    ],
    ['entries[1].positionId 12345679 is registered twice', (fields) => (fields['positionId'] = '12345679')],
  ])('says where the content is wrong: %s', (problem, change) => {
    expect(deserializeRegistry(broken(change))).toMatchObject({
      kind: 'error',
      error: { code: 'INVALID_CONTENT', problem: `unreadable registry: ${problem}` },
    });
  });
});

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
const lots = fc.integer({ min: -1_000_000, max: 1_000_000 }).filter((quantity) => quantity !== 0);
const time = fc.integer({ min: 0, max: 2 ** 43 });
const evidence: fc.Arbitrary<Evidence> = fc.oneof(
  fc.record({
    kind: fc.constant('fill' as const),
    tradeId: text,
    orderId: text,
    externalReference: fc.option(text, { nil: null }),
    quantity: lots,
    at: time,
  }),
  fc.record({ kind: fc.constant('observed' as const), quantity: lots, at: time }),
  fc.record({
    kind: fc.constant('adopted' as const),
    operator: text,
    reason: text,
    quantity: lots,
    at: time,
  }),
  fc.record({ kind: fc.constant('merged' as const), operator: text, reason: text, into: text, at: time }),
);
const metadata = fc
  .dictionary(
    text.filter((key) => key !== '__proto__'),
    fc.jsonValue({ maxDepth: 2 }),
  )
  .filter(
    // JSON knows no -0: the registry refuses it on the way in.
    (value) => !/-0(?![.\d])/.test(serializeNumbers(value)),
  ) as fc.Arbitrary<Metadata>;
const registries: fc.Arbitrary<Registry> = fc
  .record({
    version: fc.nat(),
    entries: fc.uniqueArray(
      fc.record({
        positionId: text,
        heldIn: text,
        symbol: text,
        owner: text,
        strategyId: text,
        quantity: lots,
        registeredAt: time,
        updatedAt: time,
        metadata,
        evidence: fc.array(evidence, { maxLength: 3 }),
      }),
      { maxLength: 5, selector: ({ positionId }) => positionId },
    ),
  })
  .map(({ version, entries }) => registryOf(version, ...entries));

describe('any registry', () => {
  it('reads back as it was written, and writes the same text again', () => {
    fc.assert(
      fc.property(registries, (registry) => {
        const written = serializeRegistry(registry);
        const read = deserializeRegistry(written);
        if (read.kind === 'error') throw new Error(read.error.problem);
        expect(read.registry).toEqual(registry);
        expect(serializeRegistry(read.registry)).toBe(written);
      }),
      { seed: 11, numRuns: 300 },
    );
  });

  it('is never read from a text with damaged bytes', () => {
    const damage = fc.array(fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) }), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(registries, damage, (registry, damages) => {
        const written = serializeRegistry(registry);
        const bytes = [...written].map((character) => character.charCodeAt(0));
        for (const { at, byte } of damages) bytes[at % bytes.length] = byte;
        const damaged = String.fromCharCode(...bytes);
        fc.pre(damaged !== written);
        expect(codeOf(damaged)).not.toBe('none');
      }),
      { seed: 12, numRuns: 1_000 },
    );
  });

  it('is never read from a text with one character changed, wherever that is', () => {
    const unseen: number[][] = [];
    for (let at = 0; at < TEXT.length; at += 1) {
      for (const bit of [1, 2, 4, 8, 16, 32, 64, 128]) {
        const changed = String.fromCharCode(TEXT.charCodeAt(at) ^ bit);
        if (codeOf(TEXT.slice(0, at) + changed + TEXT.slice(at + 1)) === 'none') unseen.push([at, bit]);
      }
    }
    expect(unseen).toEqual([]);
  });

  it('is never read from the beginning of a text, nor from the beginning of one and the end of another', () => {
    for (let at = 0; at < TEXT.length; at += 1)
      expect(codeOf(TEXT.slice(0, at))).toMatch(/^(EMPTY|TRUNCATED)$/);
    fc.assert(
      fc.property(registries, registries, fc.nat(), (one, other, cut) => {
        const [a, b] = [serializeRegistry(one), serializeRegistry(other)];
        const at = cut % Math.max(a.length, b.length);
        const torn = a.slice(0, at) + b.slice(at);
        fc.pre(torn !== a && torn !== b);
        expect(codeOf(torn)).not.toBe('none');
      }),
      { seed: 13, numRuns: 500 },
    );
  });
});

/** JSON text in which a -0 still shows. */
function serializeNumbers(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (Object.is(item, -0) ? '-0' : item)).replaceAll(
    '"-0"',
    '-0',
  );
}
