import { z } from 'zod';
import { camelCase } from '../config/suggest.js';
import { leaves } from './leaf.js';
import { PROBLEM_TYPE, problemSchema, problemStatus, type ProblemCode } from './problem.js';
import type { ApiRoute } from './routes.js';
import { WEBHOOK_HEADERS } from './webhook.js';

export type Json = Readonly<Record<string, unknown>>;

/** An OpenAPI 3.1 document of the routes. */
export function openApiDocument(routes: readonly ApiRoute[], version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method.toLowerCase()] = operation(route);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Bowline',
      version,
      description:
        'A running desk. What is refused is answered with application/problem+json (RFC 9457), which names every fault.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths,
    components: {
      schemas: { Problem: jsonSchemaOf(problemSchema, 'output') },
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

const SECURITY_SCHEMES = {
  token: { type: 'http', scheme: 'bearer', description: 'What the configuration says in `process.token`.' },
  ...Object.fromEntries(
    [
      ['webhookId', WEBHOOK_HEADERS.id, 'Names the message: the same at every attempt to deliver it.'],
      ['webhookTimestamp', WEBHOOK_HEADERS.timestamp, 'Seconds since 1970, at most five minutes from ours.'],
      [
        'webhookSignature',
        WEBHOOK_HEADERS.signature,
        'Of Standard Webhooks: `v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; several with a blank between.',
      ],
    ].map(([scheme, name, description]) => [scheme, { type: 'apiKey', in: 'header', name, description }]),
  ),
};
/** Where the desk has one. */
const TOKEN = [{ token: [] }, {}];
/** All three together; or none, at a desk that is open. */
const SIGNED = [{ webhookId: [], webhookTimestamp: [], webhookSignature: [] }, {}];

/** A schema of a request or an answer as JSON schema (draft 2020-12). */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema, zodSchema }) => {
      const leaf = leaves.get(zodSchema);
      if (leaf) Object.assign(jsonSchema, leaf.json, { description: leaf.meaning });
      // The format says it, and what zod checks it by is a screen long.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  });
  return json;
}

function operation(route: ApiRoute): Json {
  const { body, contentType = 'application/json', example, method, path, query, status = 200 } = route;
  const given = [...pathParameters(path), ...(query === undefined ? [] : parameters(query))];
  return {
    operationId: camelCase(`${method.toLowerCase()}${path.replace(/[^A-Za-z0-9]+/g, '_')}`.replace(/_$/, '')),
    summary: route.summary,
    ...(route.notes === undefined ? {} : { description: route.notes }),
    ...(route.signed === 'headers' ? { security: SIGNED } : {}),
    ...(isGuarded(route) ? { security: TOKEN } : {}),
    ...(given.length === 0 ? {} : { parameters: given }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: requestContent(route, {
              schema: jsonSchemaOf(body, 'input'),
              ...(example === undefined ? {} : { example }),
            }),
          },
        }),
    responses: {
      [status]: {
        description: 'It went well.',
        content: { [contentType]: { schema: jsonSchemaOf(route.response, 'output') } },
      },
      ...problemResponses(route.problems ?? []),
      default: problemResponse('Refused, or failed.'),
    },
  };
}

function isGuarded({ path, signed }: ApiRoute): boolean {
  return signed === undefined && path.startsWith('/v1/') && path !== '/v1/openapi.json';
}

/** A body that is no JSON is a text. */
function requestContent({ bodyTypes = ['application/json'] }: ApiRoute, json: Json): Json {
  const text = { schema: { type: 'string' } };
  return Object.fromEntries(bodyTypes.map((type) => [type, type === 'application/json' ? json : text]));
}

function pathParameters(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function parameters(query: z.ZodObject): Json[] {
  const { properties = {}, required = [] } = jsonSchemaOf(query, 'input') as {
    properties?: Record<string, Json>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

/** Several problems may share a status. */
function problemResponses(codes: readonly ProblemCode[]): Record<string, Json> {
  const byStatus = new Map<number, string[]>();
  for (const code of codes) {
    const types = byStatus.get(problemStatus(code)) ?? [];
    byStatus.set(problemStatus(code), [...types, PROBLEM_TYPE + code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, types]) => [status, problemResponse(types.join(', '))]),
  );
}

function problemResponse(description: string): Json {
  return {
    description,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}
