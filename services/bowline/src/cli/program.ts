import { Command } from 'commander';
import { adoptCommand } from '../commands/adopt.command.js';
import { backtestCommand } from '../commands/backtest.command.js';
import { busCommand } from '../commands/bus.command.js';
import { channelsCommand } from '../commands/channels.command.js';
import { checkCommand } from '../commands/check.command.js';
import { closeCommand, haltCommand, resumeCommand } from '../commands/control.command.js';
import { exchangeCommand } from '../commands/exchange.command.js';
import { exchangeSimulatorCommand } from '../commands/exchange-simulator.command.js';
import { fetchCommand } from '../commands/fetch.command.js';
import { initCommand } from '../commands/init.command.js';
import { journalCommand } from '../commands/journal.command.js';
import { ocoCommand, ordersCommand, positionsCommand, tradesCommand } from '../commands/lists.command.js';
import { reconcileCommand } from '../commands/reconcile.command.js';
import { reportCommand } from '../commands/report.command.js';
import { runCommand } from '../commands/run.command.js';
import { sampleCommand } from '../commands/sample.command.js';
import { signalCommand } from '../commands/signal.command.js';
import { simulateCommand } from '../commands/simulate.command.js';
import { startCommand } from '../commands/start.command.js';
import { statusCommand } from '../commands/status.command.js';
import { sweepCommand } from '../commands/sweep.command.js';
import { upCommand } from '../commands/up.command.js';
import type { CommandContext } from './context.js';
import { VERSION } from './version.js';

const COMMANDS = [
  startCommand,
  runCommand,
  upCommand,
  initCommand,
  checkCommand,
  sampleCommand,
  fetchCommand,
  backtestCommand,
  sweepCommand,
  simulateCommand,
  reportCommand,
  exchangeSimulatorCommand,
  exchangeCommand,
  busCommand,
  statusCommand,
  channelsCommand,
  positionsCommand,
  ocoCommand,
  ordersCommand,
  tradesCommand,
  signalCommand,
  haltCommand,
  resumeCommand,
  closeCommand,
  reconcileCommand,
  adoptCommand,
  journalCommand,
];

/** The command line. What a command needs is loaded when it runs, so that help and mistakes are answered at once. */
export function createProgram(context: CommandContext): Command {
  const program = new Command('bowline')
    .description(
      'Order and position management: every strategy keeps its own position inside the netted one of the exchange.',
    )
    .version(VERSION, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({ helpWidth: 100 })
    .addHelpText('after', HELP);
  for (const add of COMMANDS) finish(add(program, context));
  return program.exitOverride();
}

/** What every command has, and every command below it. */
function finish(command: Command): void {
  command
    .helpOption('--help', 'print this help')
    .configureHelp({ helpWidth: 100 })
    .showHelpAfterError(false)
    .exitOverride();
  if (command.commands.length === 0) command.option('--verbose', 'print where an internal error happened');
  for (const below of command.commands) finish(below);
}

const HELP = `
In a checkout of the project, bowline is: npm run -s bowline -- COMMAND

Examples:
  bowline start
  bowline init && bowline check --config bowline.yaml
  bowline fetch binance-usdm BTCUSDT 1m --from 2024-01-01 --to 2024-01-31
  bowline backtest --config bowline.yaml --bars BTCUSDT=btc.csv --strategy sma-cross:10,50
  bowline status --watch

Exit codes: 0 done, 1 input that cannot be used, 2 a command line that cannot be understood, 70 a bug.`;
