import { z } from 'zod';

/** What can be wrong with a request, and the status that goes with it. `type` of the answer ends in the key. */
const PROBLEMS = {
  'malformed-body': { status: 400, title: 'The body cannot be read' },
  invalid: { status: 400, title: 'The request is not what this route takes' },
  'not-signed': { status: 401, title: 'The request does not say who sends it' },
  'wrong-signature': { status: 401, title: 'Nobody who is known here has signed the request' },
  'stale-signature': {
    status: 401,
    title: 'The request was signed too long ago, or by a clock that is wrong',
  },
  unauthorized: { status: 401, title: 'The request does not carry the token of this desk' },
  'wrong-strategy': { status: 403, title: 'The source may not send signals of this strategy' },
  'not-found': { status: 404, title: 'There is no such route' },
  'method-not-allowed': { status: 405, title: 'The route is there for another method' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'The body is of a kind that is not read here' },
  misdirected: { status: 421, title: 'The request is meant for another host' },
  unacceptable: { status: 422, title: 'The request is understood, and this desk cannot take it' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'The desk failed; the log says why' },
  saturated: { status: 503, title: 'More is waiting than the desk works off' },
  unconfirmed: { status: 503, title: 'Not confirmed' },
} as const satisfies Readonly<Record<string, { status: number; title: string }>>;

export type ProblemCode = keyof typeof PROBLEMS;

export const PROBLEM_TYPE = 'urn:bowline:problem:';

export const fieldErrorSchema = z.object({
  path: z
    .string()
    .describe('Where in the request: `takeProfit`, `signals[3].time`; empty for the whole of it.'),
  message: z.string().describe('What was given, and what is allowed.'),
});
export type FieldError = z.output<typeof fieldErrorSchema>;

/** `application/problem+json` (RFC 9457): the answer to whatever is refused. */
export const problemSchema = z.object({
  type: z
    .string()
    .describe(`What is wrong, for programs: \`${PROBLEM_TYPE}\` and ${Object.keys(PROBLEMS).join(', ')}.`),
  title: z.string().describe('The same for people.'),
  status: z.number().int().describe('The HTTP status.'),
  detail: z.string().describe('What is wrong in this case, and what to do.').optional(),
  errors: z.array(fieldErrorSchema).describe('Every fault of the request, in its order.').optional(),
  retryAfterS: z
    .number()
    .int()
    .describe('Seconds after which the same request may be taken; also in the header Retry-After.')
    .optional(),
});
export type Problem = z.output<typeof problemSchema>;

/** More faults than these are counted, not listed. */
const LISTED = 50;

/** What is said of a problem beside its kind. */
export interface ProblemFacts {
  /** Default: the first error. */
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  readonly retryAfterS?: number;
}

/** The body of a refusal. */
export function problem(code: ProblemCode, { detail, errors = [], retryAfterS }: ProblemFacts): Problem {
  const { status, title } = PROBLEMS[code];
  const listed = errors.slice(0, LISTED);
  if (errors.length > LISTED) listed.push({ path: '', message: `and ${errors.length - LISTED} more` });
  const said = detail ?? (errors.length > 0 ? fieldErrorText(errors[0]) : undefined);
  return {
    type: `${PROBLEM_TYPE}${code}`,
    title,
    status,
    ...(said === undefined ? {} : { detail: said }),
    ...(listed.length === 0 ? {} : { errors: listed }),
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
  };
}

/** The HTTP status of a problem. */
export function problemStatus(code: ProblemCode): number {
  return PROBLEMS[code].status;
}

/** Every problem that there is. */
export const PROBLEM_CODES = Object.keys(PROBLEMS) as readonly ProblemCode[];

/** `takeProfit: expected ...`, or the message alone where it is about the whole request. */
export function fieldErrorText({ message, path }: FieldError): string {
  return path === '' ? message : `${path}: ${message}`;
}
