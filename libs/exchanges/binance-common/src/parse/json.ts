const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG_INTEGER = /^-?\d{16,}$/;

/**
 * Reads JSON; integers beyond 2^53 arrive as text: ids of orders are. Throws a SyntaxError on what is no JSON.
 */
export function parseJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text) as unknown;
  return JSON.parse(text.replace(TOKENS, (token) => (isTooLong(token) ? `"${token}"` : token)));
}

function isTooLong(token: string): boolean {
  return LONG_INTEGER.test(token) && !Number.isSafeInteger(Number(token));
}
