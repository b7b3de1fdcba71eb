import { describe, expect, it } from '@jest/globals';
import { InputError } from '../errors.js';
import { parseConfig } from './parse.js';

const CLIENTS = `clients:
  ikenna: { exchanges: { okx: {} }, strategies: [trend-fast, trend-slow] }
  odum: { exchanges: { okx: {} }, strategies: { scout: {} } }
`;

function parse(ingest: string) {
  return parseConfig(`${CLIENTS}${ingest}`, 'desk.yaml').live.ingest;
}

function problemsOf(ingest: string): readonly string[] {
  try {
    parse(ingest);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

describe('where signals come from', () => {
  it('is nowhere in particular where nothing is said', () => {
    const nothing = { open: null, sources: [], files: [], subscriptions: [] };
    expect(parse('')).toEqual(nothing);
    expect(parse('ingest:')).toEqual(nothing);
  });

  it('is read with its defaults', () => {
    const text = `
ingest:
  open: false
  sources:
    research: { secrets: [env:RESEARCH, file:/run/secrets/research], strategies: [trend-fast] }
    alerts: { kind: tradingview, secrets: [ALERTS_SECRET] }
  files: [{ path: ./a.jsonl, format: jsonl }, { path: b.csv, format: csv, strategies: [scout] }]
  subscriptions: [{ topic: strategy-signals }]
`;
    expect(parse(text)).toEqual({
      open: false,
      sources: [
        { name: 'alerts', kind: 'tradingview', secrets: ['env:ALERTS_SECRET'], strategies: null },
        {
          name: 'research',
          kind: 'standard',
          secrets: ['env:RESEARCH', 'file:/run/secrets/research'],
          strategies: ['trend-fast'],
        },
      ],
      files: [
        { path: './a.jsonl', format: 'jsonl', strategies: null },
        { path: 'b.csv', format: 'csv', strategies: ['scout'] },
      ],
      subscriptions: [{ topic: 'strategy-signals', strategies: null }],
    });
  });

  it.each<[string, string, string]>([
    [
      'a secret itself',
      'ingest: { sources: { a: { secrets: [whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw] } } }',
      'desk.yaml:4:37: ingest.sources.a.secrets[0]: expected a reference such as env:TREND_SECRET or file:/run/secrets/trend, never the secret itself, got a text that is not shown here',
    ],
    [
      'no secrets',
      'ingest: { sources: { a: { secrets: [] } } }',
      'desk.yaml:4:27: ingest.sources.a.secrets: expected one secret, or two while one replaces the other',
    ],
    [
      'a source without any',
      'ingest: { sources: { a: {} } }',
      'desk.yaml:4:22: ingest.sources.a.secrets: missing; expected a list',
    ],
    [
      'three secrets',
      'ingest: { sources: { a: { secrets: [env:A, env:B, env:C] } } }',
      'desk.yaml:4:27: ingest.sources.a.secrets: expected one secret, or two while one replaces the other',
    ],
    [
      'a secret twice',
      'ingest: { sources: { a: { secrets: [env:A, env:A] } } }',
      'desk.yaml:4:44: ingest.sources.a.secrets[1]: is listed twice',
    ],
    [
      'a secret of another',
      'ingest: { sources: { a: { secrets: [env:A] }, b: { secrets: [env:A] } } }',
      'desk.yaml:4:62: ingest.sources.b.secrets[0]: is the secret of a already; every source has its own',
    ],
    [
      'a strategy that nobody follows',
      'ingest: { sources: { a: { secrets: [env:A], strategies: [trend-fats] } } }',
      'desk.yaml:4:58: ingest.sources.a.strategies[0]: no client follows trend-fats; did you mean trend-fast?',
    ],
    [
      'no strategies',
      'ingest: { subscriptions: [{ topic: x, strategies: [] }] }',
      'desk.yaml:4:39: ingest.subscriptions[0].strategies: expected at least one strategy; leave the line out to let it send every strategy',
    ],
    [
      'another kind',
      'ingest: { sources: { a: { kind: tradingveiw, secrets: [env:A] } } }',
      'desk.yaml:4:33: ingest.sources.a.kind: expected standard or tradingview, got tradingveiw; did you mean tradingview?',
    ],
    [
      'a file twice',
      'ingest: { files: [{ path: x, format: csv }, { path: x, format: csv }] }',
      'desk.yaml:4:53: ingest.files[1].path: x is listed twice',
    ],
    [
      'another format',
      'ingest: { files: [{ path: x, format: parquet }] }',
      'desk.yaml:4:38: ingest.files[0].format: expected jsonl or csv, got parquet',
    ],
    [
      'a topic of the roles',
      'ingest: { subscriptions: [{ topic: signals.ikenna }] }',
      "desk.yaml:4:36: ingest.subscriptions[0].topic: signals are messages between Bowline's own roles; choose another topic",
    ],
    [
      'an unknown key',
      'ingest: { source: {} }',
      'desk.yaml:4:11: ingest.source: unknown key; did you mean sources?',
    ],
  ])('(%s) is refused', (_what, ingest, problem) => {
    expect(problemsOf(ingest)).toEqual([problem]);
  });

  it('takes any strategy where some client follows every one', () => {
    const text = 'clients: { a: { exchanges: { okx: {} } } }\n';
    const config = parseConfig(
      `${text}ingest: { sources: { x: { secrets: [env:A], strategies: [any] } } }`,
      'desk.yaml',
    );
    expect(config.live.ingest.sources[0].strategies).toEqual(['any']);
  });
});
