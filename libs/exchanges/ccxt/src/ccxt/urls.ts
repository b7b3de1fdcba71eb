import { CcxtSetupError } from './shape.js';

const HOST = /^(https?|wss?):\/\/[^/]+/;

/**
 * Puts other hosts in the place of all of an exchange's own; their paths stay. Changes `urls`, which is the exchange's.
 *
 * @throws CcxtSetupError on a URL that is none, or of another scheme
 */
export function redirect(
  urls: Record<string, unknown>,
  { restUrl, streamUrl }: { readonly restUrl?: string; readonly streamUrl?: string },
): void {
  const hosts = {
    http: restUrl === undefined ? null : hostOf('rest', restUrl, /^https?:$/),
    ws: streamUrl === undefined ? null : hostOf('stream', streamUrl, /^wss?:$/),
  };
  urls['api'] = replaced(urls['api'], hosts);
}

function hostOf(name: string, text: string, schemes: RegExp): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && schemes.test(url.protocol)) return text.replace(/\/+$/, '');
  const wanted = name === 'rest' ? 'https://host' : 'wss://host';
  throw new CcxtSetupError(`${name}: ${JSON.stringify(text)} is no URL such as ${wanted}`);
}

function replaced(
  value: unknown,
  hosts: { readonly http: string | null; readonly ws: string | null },
): unknown {
  if (typeof value === 'string') {
    const [, scheme] = HOST.exec(value) ?? [];
    const host = scheme === undefined ? null : scheme.startsWith('ws') ? hosts.ws : hosts.http;
    return host === null ? value : value.replace(HOST, () => host);
  }
  if (Array.isArray(value)) return value.map((each: unknown) => replaced(each, hosts));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replaced(each, hosts)]));
}
