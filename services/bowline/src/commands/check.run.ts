import { configSections, environmentProblem, type ClientConfig } from '@bowline/contracts';
import { formatUnits, type Decimal } from '@bowline/domain';
import type { CommandContext } from '../cli/context.js';
import { readConfig } from '../desk/read-config.js';
import type { CheckOptions } from './check.command.js';

/** Sections that historical mode checks and does not use. */
const UNUSED = ['environment', 'mode', 'storage', 'messaging', 'journal', 'dependencies', 'process'];

export async function runCheck({ config: path }: CheckOptions, { terminal }: CommandContext): Promise<void> {
  const { config, text } = await readConfig(path);
  for (const warning of config.warnings) terminal.warn(warning);
  const unused = configSections(text).filter((section) => UNUSED.includes(section));
  const keys = config.clients.some(({ accounts }) => accounts.some(({ credentials }) => credentials));
  const ignored = [...unused, ...(keys ? ['apiKey and apiSecret'] : [])];
  const problem = environmentProblem(config);
  const lines = [
    `${path}: ${counted(config.clients.length, 'client')}, nothing wrong`,
    ...config.clients.map((client) => `  ${clientText(client)}`),
    ...(ignored.length > 0 ? [`backtest and sweep ignore: ${ignored.join(', ')}`] : []),
    ...(problem === null ? [] : [`${problem}; backtest and sweep run in any environment`]),
  ];
  terminal.out(`${lines.join('\n')}\n`);
}

function clientText({ accounts, clientId, strategies }: ClientConfig): string {
  const places = accounts.map(({ accountBalance, exchange, symbols }) => {
    const balance = accountBalance === null ? 'no balance' : `balance ${decimalText(accountBalance)}`;
    return `${exchange} (${balance}, ${symbols === null ? 'every symbol with bars' : symbols.join(' ')})`;
  });
  const followed =
    strategies === null ? 'every strategy' : [...strategies.keys()].join(', ') || 'no strategy';
  return `${clientId}: ${places.join(', ')}; follows ${followed}`;
}

function decimalText({ scale, units }: Decimal): string {
  return formatUnits(units, scale);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
