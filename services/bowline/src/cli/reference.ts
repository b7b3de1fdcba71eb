import type { Command } from 'commander';
import { METRICS } from '../sweep/metrics.js';
import type { CommandContext } from './context.js';
import { createProgram } from './program.js';

/** docs/reference/cli.md: what `--help` prints of every command, and the columns of sweep.csv. */
export function cliReference(): string {
  const program = createProgram(SILENT);
  const sections = [program, ...program.commands.filter((command) => command.name() !== 'help')].map(section);
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

function section(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => void (text += part), getOutHasColors: () => false });
  command.outputHelp();
  const title = command.parent ? `bowline ${command.name()}` : 'bowline';
  return `## ${title}\n\n\`\`\`\n${text.trimEnd()}\n\`\`\``;
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
