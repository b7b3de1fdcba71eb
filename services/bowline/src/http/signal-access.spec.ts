import { afterAll, describe, expect, it } from '@jest/globals';
import { InputError, LIVE_DEFAULTS, type IngestConfig, type IngestSource } from '@bowline/contracts';
import { WorkFolder } from '@bowline/testkit';
import { openSignalAccess } from './signal-access.js';

const work = new WorkFolder('signal-access');
const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(32, 2).toString('base64')}`;
const VARIABLES = {
  ACCESS_SPEC_SECRET: SECRET,
  ACCESS_SPEC_AGAIN: SECRET,
  ACCESS_SPEC_TEXT: 'a text of 20 letters',
  ACCESS_SPEC_SHORT: 'too short',
};
Object.assign(process.env, VARIABLES);
afterAll(() => {
  for (const name of Object.keys(VARIABLES)) delete process.env[name];
});

function source(changes: Partial<IngestSource> = {}): IngestSource {
  return {
    name: 'research',
    kind: 'standard',
    secrets: ['env:ACCESS_SPEC_SECRET'],
    strategies: null,
    ...changes,
  };
}

function open(ingest: Partial<IngestConfig>, host = '127.0.0.1') {
  return openSignalAccess(
    { live: { ...LIVE_DEFAULTS, ingest: { ...LIVE_DEFAULTS.ingest, ...ingest } } },
    host,
  );
}

function problemsOf(ingest: Partial<IngestConfig>, host?: string): readonly string[] {
  try {
    open(ingest, host);
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

const takesUnsigned = (desk: ReturnType<typeof open>): boolean =>
  desk.access.signed('127.0.0.1', {}, Buffer.alloc(0)).ok;

describe('who may send signals', () => {
  it.each<[string, Partial<IngestConfig>, string, string | null]>([
    [
      'whoever is here, without sources',
      {},
      '127.0.0.1',
      'signals are taken unsigned, from whoever is on this machine: no ingest.sources are configured',
    ],
    ['only sources, with some', { sources: [source()] }, '127.0.0.1', null],
    ['only sources, wherever it listens', { sources: [source()] }, '0.0.0.0', null],
    [
      'everybody, where that is said',
      { open: true },
      '0.0.0.0',
      'signals are taken unsigned, from whoever reaches 0.0.0.0: no ingest.sources are configured',
    ],
    [
      'everybody, beside sources',
      { open: true, sources: [source()] },
      'localhost',
      'signals are taken unsigned, from whoever is on this machine: ingest.open is true',
    ],
    ['nobody, where that is said', { open: false }, '::1', null],
  ])('is %s', (_who, ingest, host, notice) => {
    const desk = open(ingest, host);
    expect(desk.notice).toBe(notice);
    expect(takesUnsigned(desk)).toBe(notice !== null);
  });

  it.each(['0.0.0.0', '::', '10.0.0.5', 'desk.example.com'])(
    'has to be said where others reach the desk, at %s',
    (host) => {
      expect(problemsOf({}, host)).toEqual([
        `others than this machine reach ${host}, and no signal would have to be signed: name those who send them in ingest.sources, or say ingest.open: true where whoever reaches the port may send them`,
      ]);
    },
  );
});

describe('a secret of a source', () => {
  it('may stand in a file', () => {
    const path = work.file('secret', `${SECRET}\n`);
    expect(problemsOf({ sources: [source({ secrets: [`file:${path}`] })] })).toEqual([]);
  });

  it('is refused without a word of what it is, all of them at once', () => {
    const path = work.file('other', OTHER.slice(0, 30));
    const problems = problemsOf({
      sources: [
        source({ secrets: ['env:ACCESS_SPEC_NOTHING', `file:${path}`] }),
        source({
          name: 'alerts',
          kind: 'tradingview',
          secrets: ['env:ACCESS_SPEC_SHORT', 'env:ACCESS_SPEC_TEXT'],
        }),
      ],
    });
    expect(problems).toEqual([
      'ingest.sources.research.secrets[0]: the environment variable ACCESS_SPEC_NOTHING is not set',
      'ingest.sources.research.secrets[1]: expected whsec_ and 24 to 64 random bytes in base64; make one with: echo "whsec_$(openssl rand -base64 32)"',
      'ingest.sources.alerts.secrets[0]: expected 16 to 256 characters; make one with: openssl rand -hex 24',
    ]);
  });

  it('is each source’s own', () => {
    const sources = [source(), source({ name: 'twin', secrets: ['env:ACCESS_SPEC_AGAIN'] })];
    expect(problemsOf({ sources })).toEqual([
      'ingest.sources.twin.secrets[0]: the same as ingest.sources.research.secrets[0]; every secret is of its own',
    ]);
  });
});
