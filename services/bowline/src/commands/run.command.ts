import { InvalidArgumentError, type Command } from 'commander';
import type { RoleName } from '@bowline/contracts';
import type { CommandContext } from '../cli/context.js';
import { nameList, pathText } from '../cli/values.js';
import type { Environment } from '../desk/read-config.js';
import { addDeskRunOptions, type DeskRunOptions } from './desk-run-options.js';
import { environmentOption } from './environment-option.js';

export interface RunOptions extends DeskRunOptions {
  readonly config: string;
  readonly roles: readonly RoleName[];
  readonly shards?: readonly string[];
  readonly env?: Environment;
  readonly leases?: string;
}

/** Written out, because help should not have to load the contracts; the compiler compares them. */
const ROLES = Object.keys({
  'signal-ingest': 0,
  'order-generator': 0,
  'oco-manager': 0,
  'execution-gateway': 0,
  analytics: 0,
  'market-data': 0,
} satisfies Record<RoleName, 0>) as readonly RoleName[];

export function runCommand(parent: Command, context: CommandContext): Command {
  const command = parent
    .command('run')
    .summary('run roles of a desk as a service')
    .description(
      'Runs the roles of a desk in this process, and logs instead of showing tables. In the environment local-dev the bus is within the process, so the roles that speak to each other have to be together, and time is virtual. Over Redis or Google Pub/Sub every role, and every shard of one, may be a process of its own, in real time; the command up starts all of them.',
    )
    .requiredOption('--config <file>', 'the configuration', pathText)
    .option('--roles <list>', `which of ${ROLES.join(', ')}`, roleList, ROLES)
    .option(
      '--shards <list>',
      'which clients, accounts or channels of the role: ikenna, ikenna.binance-usdm, ikenna.binance-usdm.BTCUSDT (default: all)',
      nameList,
    )
    .option(
      '--leases <dir>',
      'where the processes of this machine keep the leases of their shards (default: in Redis where that is the bus, else in --dir)',
      pathText,
    )
    .addOption(environmentOption());
  return addDeskRunOptions(command)
    .addHelpText('after', HELP)
    .action(async (options: RunOptions) => {
      const { runRun } = await import('./run.run.js');
      await runRun(options, context);
    });
}

function roleList(text: string): readonly RoleName[] {
  return text.split(',').map((part) => {
    const known = ROLES.find((role) => role === part.trim());
    if (known !== undefined) return known;
    throw new InvalidArgumentError(`There is no role ${JSON.stringify(part.trim())}: ${ROLES.join(', ')}.`);
  });
}

const HELP = `
Examples:
  bowline run --config bowline.yaml
  bowline run --config bowline.yaml --roles signal-ingest,order-generator,oco-manager,execution-gateway --port 8421
  bowline run --config bowline.yaml --env local-integration --roles order-generator --shards ikenna --dir ikenna`;
