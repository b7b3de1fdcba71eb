import type { Command } from 'commander';
import { METRICS } from '../sweep/metrics.js';
import type { CommandContext } from './context.js';
import { createProgram } from './program.js';

/** docs/reference/cli.md: what `--help` prints of every command, and the columns of sweep.csv. */
export function cliReference(): string {
  const program = createProgram(SILENT);
  const sections = withBelow(program).map(section);
  const columns = METRICS.map(({ meaning, name }) => `| ${name} | ${meaning} |`);
  return [
    '# Command line',
    'Made from the code by `node tools/docs.mjs`.',
    ...sections,
    '## sweep.csv',
    'One row for each combination, in the order of the grid: `run` from 1, a column for each `--param` with its value, then:',
    ['| column | meaning |', '| --- | --- |', ...columns].join('\n'),
  ]
    .map((part) => `${part}\n`)
    .join('\n');
}

/** A command, and those below it. */
function withBelow(command: Command): Command[] {
  return command.name() === 'help' ? [] : [command, ...command.commands.flatMap(withBelow)];
}

function section(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => void (text += part), getOutHasColors: () => false });
  command.outputHelp();
  return `## ${fullName(command)}\n\n\`\`\`\n${text.trimEnd()}\n\`\`\``;
}

/** `bowline signal send` */
function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}

const SILENT: CommandContext = {
  terminal: {
    out: () => undefined,
    note: () => undefined,
    warn: () => undefined,
    color: false,
    watched: false,
  },
  signal: new AbortController().signal,
};
