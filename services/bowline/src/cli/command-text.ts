import { isAbsolute, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How the program was called. */
export interface Calling {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Path of the program, services/bowline/dist/main.js of the checkout. */
  readonly main: string;
}

/** The scripts of the checkout's package.json that run the program. */
const SCRIPTS: readonly (string | undefined)[] = ['bowline', 'start'];

/**
 * A command line of the program that works where the user stands: through npm where it was called so, else by its
 * path. Arguments are quoted for a shell where they need it.
 */
export function commandText(args: readonly string[], calling: Calling = thisCalling()): string {
  return [programText(calling), ...args.map(shellText)].join(' ');
}

function programText({ cwd, env, main }: Calling): string {
  if (!SCRIPTS.includes(env['npm_lifecycle_event'])) return `node ${shellText(shortest(main, cwd))}`;
  // npm looks for a package.json from the folder upwards; outside of the checkout it has to be told.
  const checkout = resolve(main, '../../../..');
  const inside = isInside(checkout, env['INIT_CWD'] ?? cwd);
  return `npm run -s ${inside ? '' : `--prefix ${shellText(checkout)} `}bowline --`;
}

function thisCalling(): Calling {
  return {
    env: process.env,
    cwd: process.cwd(),
    main: fileURLToPath(new URL('../main.js', import.meta.url)),
  };
}

function shortest(path: string, cwd: string): string {
  return isInside(cwd, path) ? relative(cwd, path) : path;
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way.split(/[\\/]/)[0] !== '..' && !isAbsolute(way);
}

/** An argument as a POSIX shell reads it. */
function shellText(argument: string): string {
  return /^[\p{L}\p{N}_@%+=:,./-]+$/u.test(argument) ? argument : `'${argument.replaceAll("'", `'\\''`)}'`;
}
