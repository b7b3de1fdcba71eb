import { afterAll, describe, expect, it } from '@jest/globals';
import { Analytics, AnalyticsModule } from '@bowline/analytics';
import { ANALYTICS_ROUTES, DESK_ROUTES, type Json } from '@bowline/contracts';
import { LiveDesk, WorkFolder } from '@bowline/testkit';
import { get, KeptLog, testDesk } from './test-desk.spec-support.js';

const folder = new WorkFolder('openapi');
const { layout } = await LiveDesk.open();
const analytics = await Analytics.open({
  layout,
  path: folder.at('desk.duckdb'),
  logger: new KeptLog(),
});
const desk = await testDesk({}, { beside: [AnalyticsModule.forRoot(analytics)] });
const ROUTES = [...DESK_ROUTES, ...ANALYTICS_ROUTES];

afterAll(() => analytics.close());

describe('the interface of a desk that runs every role', () => {
  it('is described whole, and nothing else is', async () => {
    const named = ROUTES.map(({ method, path }) => `${method} ${path}`).sort();
    const { body } = await get(`${desk.url}/v1/openapi.json`);
    const paths = Object.entries((body as { paths: Readonly<Record<string, Json>> }).paths);
    const described = paths.flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const { body: nowhere } = await get(`${desk.url}/nowhere`);
    const [, listed = ''] = (nowhere as { detail: string }).detail.split('there are ');
    expect(described.sort()).toEqual(named);
    expect(listed.split(', ').sort()).toEqual(named);
  });

  it.each(ROUTES.filter(({ method }) => method === 'GET'))(
    'answers $method $path as it says',
    async ({ contentType = 'application/json', path, response }) => {
      const { body, headers, status } = await get(`${desk.url}${path}`);
      expect([status, headers.get('content-type')?.split(';', 1)[0]]).toEqual([200, contentType]);
      expect(response.safeParse(body)).toMatchObject({ success: true });
    },
  );
});
