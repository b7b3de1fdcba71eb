import type { Instrument } from '@bowline/domain';
import type { CommandContext } from '../cli/context.js';
import { readConfig } from '../desk/read-config.js';
import { openAdapter } from '../exchanges/open-adapter.js';
import type { ExchangeInstrumentsOptions } from './exchange.command.js';

export async function runExchangeInstruments(
  options: ExchangeInstrumentsOptions,
  { terminal }: CommandContext,
): Promise<void> {
  const { env, exchange, json } = options;
  const { config } = await readConfig(options.config, env);
  const adapter = await openAdapter(config, exchange);
  const listed = config.clients.flatMap(({ accounts }) =>
    accounts.flatMap((account) => (account.exchange === exchange ? (account.symbols ?? []) : [])),
  );
  const symbols = options.symbols ?? (listed.length === 0 ? null : [...new Set(listed)]);
  const found = await adapter.instruments(symbols);
  const entries = found.map(entryOf);
  const section = { instruments: { [exchange]: Object.fromEntries(entries) } };
  if (json === true) return terminal.out(`${JSON.stringify(section)}\n`);
  // YAML takes JSON for a value.
  const lines = entries.map(([symbol, entry]) => `    ${JSON.stringify(symbol)}: ${JSON.stringify(entry)}`);
  terminal.out(`instruments:\n  ${exchange}:\n${lines.join('\n')}\n`);
}

/** As a configuration has it: what differs from what would hold anyway, and the units always. */
function entryOf({
  base,
  expiryMs,
  inverse,
  kind,
  lotSize,
  minNotional,
  multiplier,
  quote,
  settle,
  symbol,
  tickSize,
}: Instrument): [string, Readonly<Record<string, string | number | boolean>>] {
  return [
    symbol,
    {
      ...{ kind, base, quote, settle, tickSize, lotSize, minNotional },
      ...(multiplier === '1' ? {} : { multiplier }),
      ...(inverse ? { inverse } : {}),
      ...(expiryMs === undefined ? {} : { expiry: new Date(expiryMs).toISOString() }),
    },
  ];
}
