import { Parameters } from './parameters.js';

/** A request as it came in. */
export interface DialectRequest {
  readonly method: string;
  readonly path: string;
  readonly params: Parameters;
  /** What the signature is of: query and body as they were sent, without the signature itself. */
  readonly payload: string;
  readonly signature: string | null;
  readonly apiKey: string | null;
  /** Who is counted. */
  readonly ip: string;
}

/** Takes a request apart. Throws a URIError where a part of it cannot be decoded. */
export function readRequest(
  method: string,
  target: string,
  body: string,
  apiKey: string | null,
  ip: string,
): DialectRequest {
  const [path = '', ...rest] = target.split('?');
  const parts = [...rest.join('?').split('&'), '', ...body.split('&')];
  const values = new Map<string, string>();
  let signature: string | null = null;
  for (const part of parts) {
    if (part === '') continue;
    const [name = '', ...value] = part.split('=');
    const text = decodeURIComponent(value.join('=').replaceAll('+', ' '));
    if (name === 'signature') signature = text;
    else values.set(decodeURIComponent(name), text);
  }
  const payload = withoutSignature(rest.join('?')) + withoutSignature(body);
  return { method, path, params: new Parameters(values), payload, signature, apiKey, ip };
}

function withoutSignature(text: string): string {
  return text
    .split('&')
    .filter((part) => !part.startsWith('signature='))
    .join('&');
}
