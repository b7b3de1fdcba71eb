import { describe, expect, it } from '@jest/globals';
import { ANALYTICS_ROUTES } from './analytics-routes.js';
import { readControl } from './control-request.js';
import { openApiDocument } from './openapi.js';
import { DESK_ROUTES } from './routes.js';
import { readSignals } from './signal-request.js';
import { readTradingView } from './tradingview-request.js';

const routes = [...DESK_ROUTES, ...ANALYTICS_ROUTES];
const document = openApiDocument(routes, '1.2.3');

describe('the OpenAPI document', () => {
  it('has every route once, under a name of its own', () => {
    const paths = document['paths'] as Record<string, Record<string, { operationId: string }>>;
    const operations = Object.values(paths).flatMap((path) => Object.values(path));
    expect(operations).toHaveLength(routes.length);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(routes.length);
    expect(operations.every(({ operationId }) => /^[a-z][A-Za-z0-9]+$/.test(operationId))).toBe(true);
  });

  it('refers only to what is in it', () => {
    const references = valuesOf(document, '$ref') as string[];
    expect(references.length).toBeGreaterThan(0);
    for (const reference of references) {
      const parts = reference.replace(/^#\//, '').split('/');
      const target = parts.reduce<unknown>(
        (at, part) => (at as Record<string, unknown> | undefined)?.[part],
        document,
      );
      expect({ reference, found: typeof target }).toEqual({ reference, found: 'object' });
    }
  });

  it('says how signals are signed, and what a path leaves open', () => {
    const { paths, components } = document as {
      paths: Record<string, { post: Record<string, unknown> }>;
      components: { securitySchemes: Record<string, unknown> };
    };
    const [signed, open] = paths['/v1/signals'].post['security'] as Record<string, string[]>[];
    const { token, ...signing } = components.securitySchemes;
    expect(Object.keys(signed)).toEqual(Object.keys(signing));
    expect(open).toEqual({});
    expect(token).toMatchObject({ type: 'http', scheme: 'bearer' });
    expect(paths['/v1/control'].post['security']).toEqual([{ token: [] }, {}]);
    expect(Object.values(signing)).toMatchObject(
      ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => ({
        type: 'apiKey',
        in: 'header',
        name,
      })),
    );
    const alert = paths['/v1/webhooks/tradingview/{source}'].post;
    expect(alert['parameters']).toEqual([
      { name: 'source', in: 'path', required: true, schema: { type: 'string' } },
    ]);
    expect(alert['requestBody']).toMatchObject({
      content: {
        'application/json': { schema: { type: 'object' } },
        'text/plain': { schema: { type: 'string' } },
      },
    });
  });

  it('shows what a field takes, though its check is a function', () => {
    const [single] = (
      valuesOf(document, 'requestBody') as {
        content: { 'application/json': { schema: { anyOf: Record<string, unknown>[] } } };
      }[]
    )[0].content['application/json'].schema.anyOf as {
      properties: Record<string, unknown>;
      required: string[];
    }[];
    expect(single.required).toEqual(['strategyId', 'symbol', 'signal']);
    expect(single.properties['price']).toMatchObject({ anyOf: [{ type: 'number' }, { type: 'string' }] });
  });

  it('has examples that work', () => {
    const readers = {
      '/v1/signals': readSignals,
      '/v1/webhooks/tradingview/{source}': (body: unknown) => readTradingView(body, []),
      '/v1/control': readControl,
    };
    const shown = DESK_ROUTES.filter(({ example }) => example !== undefined);
    expect(shown.map(({ path }) => path)).toEqual(Object.keys(readers));
    for (const { example, path } of shown) {
      expect(readers[path as keyof typeof readers](example)).toMatchObject({ ok: true });
    }
  });
});

/** What stands under a key anywhere. */
function valuesOf(value: unknown, key: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, held]) => (name === key ? [held] : valuesOf(held, key)));
}
