import type { Command } from 'commander';
import type { CommandContext } from '../cli/context.js';
import { pathText, wholeNumber } from '../cli/values.js';
import type { Environment } from '../desk/read-config.js';
import { DATA_DIR } from '../http/address.js';
import { environmentOption } from './environment-option.js';

export interface JournalOptions {
  readonly dir: string;
}

export interface JournalVerifyOptions extends JournalOptions {
  readonly json?: boolean;
}

export interface JournalDumpOptions extends JournalOptions {
  readonly shard?: string;
  readonly from?: number;
  readonly to?: number;
}

export interface JournalReplayOptions extends JournalOptions {
  readonly config: string;
  readonly env?: Environment;
  readonly shard?: string;
  readonly json?: boolean;
}

export interface JournalBackupOptions extends JournalOptions {
  readonly to: string;
}

export interface JournalRestoreOptions extends JournalOptions {
  readonly from: string;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** `journal verify|dump|replay|backup|restore`: what to do with the records that a desk lives by. */
export function journalCommand(parent: Command, context: CommandContext): Command {
  const journal = parent
    .command('journal')
    .summary("look after a desk's journal: verify, dump, replay, backup, restore")
    .description(
      'The journal holds everything that the roles of a process have decided, each shard in records that are numbered from 1. What these commands do not write to they do not change.',
    )
    .addHelpText('after', HELP);
  addVerify(journal, context);
  addDump(journal, context);
  addReplay(journal, context);
  addBackup(journal, context);
  addRestore(journal, context);
  return journal;
}

function addVerify(journal: Command, context: CommandContext): void {
  addDir(journal.command('verify'))
    .summary('check every byte')
    .description(
      'Checks every byte of a journal that no process holds: checksums, that no number is missing, that every snapshot is there that records were dropped for. Prints what each shard has. Exit code 1, and the file and offset, where something is damaged.',
    )
    .option('--json', 'print it as one JSON object on stdout, and nothing else there')
    .addHelpText('after', VERIFY_HELP)
    .action(async (options: JournalVerifyOptions) => {
      const { runJournalVerify } = await import('./journal.run.js');
      await runJournalVerify(options, context);
    });
}

function addDump(journal: Command, context: CommandContext): void {
  addDir(journal.command('dump'))
    .summary('print records as lines of JSON')
    .description(
      'Prints records, each as a line of JSON: what came in (id, source, topic), what was decided (events), and what was told (messages). Shards in the order of their names, records in that of their numbers.',
    )
    .option('--shard <name>', 'only this shard, such as oco-manager/ikenna.okx.BTCUSDT')
    .option('--from <number>', 'only from this record on', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .option('--to <number>', 'only up to this record', wholeNumber(1, Number.MAX_SAFE_INTEGER))
    .addHelpText('after', DUMP_HELP)
    .action(async (options: JournalDumpOptions) => {
      const { runJournalDump } = await import('./journal.run.js');
      await runJournalDump(options, context);
    });
}

function addReplay(journal: Command, context: CommandContext): void {
  addDir(journal.command('replay'))
    .summary('fold the records into the state that they lead to')
    .description(
      'Makes of each shard the state that a start would find: its snapshot, and what was recorded after it. Where every record is still there, makes it from the first one on as well, and compares. Decides nothing, sends nothing, writes nothing. Exit code 1 where the two differ.',
    )
    .requiredOption('--config <file>', 'the configuration that the desk runs with', pathText)
    .addOption(environmentOption())
    .option('--shard <name>', 'only this shard')
    .option('--json', 'print it as one JSON object on stdout, and nothing else there')
    .addHelpText('after', REPLAY_HELP)
    .action(async (options: JournalReplayOptions) => {
      const { runJournalReplay } = await import('./journal.run.js');
      await runJournalReplay(options, context);
    });
}

function addBackup(journal: Command, context: CommandContext): void {
  addDir(journal.command('backup'))
    .summary('copy a journal, also a running one')
    .description(
      'Copies a journal into a folder that is not there yet, and checks every byte of the copy. The process may run and write meanwhile: the copy has everything that was acknowledged before the copying began, and is what a crash at some later moment would have left.',
    )
    .requiredOption('--to <folder>', 'the copy', pathText)
    .addHelpText('after', BACKUP_HELP)
    .action(async (options: JournalBackupOptions) => {
      const { runJournalBackup } = await import('./journal.run.js');
      await runJournalBackup(options, context);
    });
}

function addRestore(journal: Command, context: CommandContext): void {
  journal
    .command('restore')
    .summary('put a copy in the place of a journal')
    .description(
      'Copies a backup to where a desk looks for its journal, and checks every byte. Overwrites nothing: the folder must be missing or empty. Shows what it would do, and does it only with --yes.',
    )
    .requiredOption('--from <folder>', 'the backup', pathText)
    .requiredOption('--dir <folder>', `where the journal goes, such as ${DATA_DIR}/journal`, pathText)
    .option('--yes', 'do it')
    .option('--dry-run', 'only show it')
    .addHelpText('after', RESTORE_HELP)
    .action(async (options: JournalRestoreOptions) => {
      const { runJournalRestore } = await import('./journal.run.js');
      await runJournalRestore(options, context);
    });
}

function addDir(command: Command): Command {
  return command.option(
    '--dir <folder>',
    'the journal, or the folder of the desk that it belongs to',
    pathText,
    DATA_DIR,
  );
}

const HELP = `
Examples:
  bowline journal verify
  bowline journal backup --to backups/monday
  bowline help journal restore`;

const VERIFY_HELP = `
A journal that a process holds is refused: stop it first, or make a backup of it and verify that.

Examples:
  bowline journal verify
  bowline journal verify --dir backups/monday --json`;

const DUMP_HELP = `
What JSON has no word for is a text that begins with ~: ~n12 is the whole number 12, which may be of any size.

Examples:
  bowline journal dump --shard oco-manager/ikenna.okx.BTCUSDT --from 120 --to 130
  bowline journal dump | jq -c 'select(.id | startswith("signal-17/"))'`;

const REPLAY_HELP = `
The hash stands for the state without its counters, which also count what is not recorded.

Examples:
  bowline journal replay --config bowline-data/bowline.yaml
  bowline journal replay --config bowline.yaml --dir backups/monday --shard order-generator/ikenna`;

const BACKUP_HELP = `
Examples:
  bowline journal backup --to backups/monday
  bowline journal backup --dir bowline-data/gateway-ikenna-okx --to backups/monday/gateway-ikenna-okx`;

const RESTORE_HELP = `
What happened after the backup is not in it: docs/runbooks/journal.md says what that means before a desk goes on.
Exit code 2 where neither --yes nor --dry-run was given.

Examples:
  bowline journal restore --from backups/monday --dir bowline-data/journal
  bowline journal restore --from backups/monday --dir bowline-data/journal --yes`;
