const ENVIRONMENT = /^env:[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const FILE = /^file:\S.*$/;
/** At least one underscore inside: an API secret may be capitals and digits throughout, but has none. */
const BARE_NAME = /^[A-Z][A-Z0-9]{0,63}(?:_[A-Z0-9]{1,64}){1,15}$/;

/**
 * Reads where a secret is found: `env:NAME`, `file:PATH`, or a bare environment variable's name such as
 * `IKENNA_BINANCE_KEY`, which reads as `env:IKENNA_BINANCE_KEY`. Null for anything else, above all for what
 * may be the secret itself.
 */
export function secretReference(text: string): string | null {
  if (ENVIRONMENT.test(text) || FILE.test(text)) return text;
  return BARE_NAME.test(text) ? `env:${text}` : null;
}
