import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { asDiskFailure } from '../disk-failure.js';
import { duckDb } from '../duckdb.js';
import { createLiveTables, LIVE_VERSION, MIGRATIONS, PRODUCT, type Migrations } from './live-schema.js';
import { LiveStoreError } from './live-store-error.js';

/** An open database. */
export interface OpenedLive {
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
  close(): void;
}

/** One thread: the desk's own work goes on beside it. */
const SETTINGS = { threads: '1' };

/**
 * Files that this process has open. DuckDB's lock is the process's: it would not keep a second opening of the same
 * process out, and whoever merely reads the file here and closes it again would lift the lock for all.
 */
const openHere = new Set<string>();

/**
 * Opens a live store for writing; makes it where there is none, and brings an earlier version's up to date.
 *
 * @throws LiveStoreError
 */
export async function openForWriting(path: string, migrations = MIGRATIONS): Promise<OpenedLive> {
  return opening(path, SETTINGS, {
    before: async (file) => {
      if (!(await exists(file))) await create(file, path);
    },
    after: (connection) => migrate(connection, path, migrations),
  });
}

/**
 * Opens a live store for reading.
 *
 * @throws LiveStoreError
 */
export async function openForReading(path: string): Promise<OpenedLive> {
  return opening(
    path,
    { ...SETTINGS, access_mode: 'READ_ONLY' },
    {
      before: async (file) => {
        if (!(await exists(file))) throw new LiveStoreError('missing', path, 'there is no such file');
      },
      after: async (connection) => {
        const version = await versionOf(connection, path);
        if (version === LIVE_VERSION) return;
        throw new LiveStoreError(
          'older',
          path,
          `was written by an earlier version of Bowline (store version ${version}, now ${LIVE_VERSION}); start the desk on it once`,
        );
      },
    },
  );
}

/** Opens the file between two looks at it. Where any of it fails nothing stays open. */
async function opening(
  path: string,
  settings: Readonly<Record<string, string>>,
  look: {
    readonly before: (file: string) => Promise<void>;
    readonly after: (connection: DuckDBConnection) => Promise<void>;
  },
): Promise<OpenedLive> {
  const file = resolve(path);
  if (openHere.has(file))
    throw new LiveStoreError('locked', path, 'is open in this process already', process.pid);
  openHere.add(file);
  let database: Omit<OpenedLive, 'close'> | null = null;
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    database?.connection.closeSync();
    database?.instance.closeSync();
    openHere.delete(file);
  };
  try {
    await look.before(file);
    database = await openDatabase(file, path, settings);
    await look.after(database.connection);
    return { ...database, close };
  } catch (error) {
    close();
    throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** A file of this name is always whole: it is made under another one, and gets its own at the end. */
async function create(file: string, path: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.new-${process.pid}`;
  const leftovers = (): Promise<unknown> =>
    Promise.all([draft, `${draft}.wal`].map((each) => rm(each, { force: true })));
  await leftovers();
  try {
    const instance = await duckDb().DuckDBInstance.create(draft, SETTINGS);
    try {
      const connection = await instance.connect();
      await connection.run(['BEGIN', ...createLiveTables(), 'COMMIT', 'CHECKPOINT'].join(';\n'));
      connection.closeSync();
    } finally {
      instance.closeSync();
    }
    await rename(draft, file);
  } catch (error) {
    await leftovers();
    throw asDiskFailure(error, path);
  }
}

/** A DuckDB file says so in its ninth byte. Looked at before DuckDB does, which tells it only in a sentence. */
const MAGIC = { at: 8, text: 'DUCK' };

async function isDuckDbFile(file: string): Promise<boolean> {
  const handle = await open(file, 'r');
  try {
    const head = Buffer.alloc(MAGIC.text.length);
    await handle.read(head, 0, head.length, MAGIC.at);
    return head.toString('latin1') === MAGIC.text;
  } finally {
    await handle.close();
  }
}

async function openDatabase(
  file: string,
  path: string,
  settings: Readonly<Record<string, string>>,
): Promise<Omit<OpenedLive, 'close'>> {
  if ((await stat(file)).isDirectory())
    throw new LiveStoreError('foreign', path, 'is a directory; name a file');
  if (!(await isDuckDbFile(file))) {
    throw new LiveStoreError(
      'foreign',
      path,
      'is no DuckDB database; name another file, or move this one away',
    );
  }
  try {
    const instance = await duckDb().DuckDBInstance.create(file, { ...settings });
    return { instance, connection: await instance.connect() };
  } catch (error) {
    throw asLocked(error, path) ?? asDamaged(error, path);
  }
}

/** DuckDB tells a lock, and who has it, only by its text. */
function asLocked(error: unknown, path: string): LiveStoreError | null {
  if (!(error instanceof Error) || !error.message.includes('Could not set lock on file')) return null;
  const pid = /\(PID (\d+)\)/.exec(error.message)?.[1];
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  return new LiveStoreError(
    'locked',
    path,
    `${who} has it open, and DuckDB lets one process at a time`,
    pid === undefined ? null : Number(pid),
  );
}

/** Whatever else keeps DuckDB from opening a file that calls itself its own, but a full disk. */
function asDamaged(error: unknown, path: string): unknown {
  const failure = asDiskFailure(error, path);
  if (failure !== error || !(error instanceof Error)) return failure;
  const [reason] = error.message.split('\n');
  return new LiveStoreError(
    'damaged',
    path,
    `DuckDB cannot open it (${reason}); put a copy in its place, or move it away`,
  );
}

async function versionOf(connection: DuckDBConnection, path: string): Promise<number> {
  const found = await connection.runAndReadAll(
    "SELECT count(*)::INTEGER FROM duckdb_tables() WHERE table_name = 'store_info' AND NOT temporary",
  );
  const rows =
    found.getRowsJson()[0][0] === 0
      ? []
      : (await connection.runAndReadAll('SELECT product, version FROM store_info')).getRowsJson();
  const [product, version] = rows[0] ?? [];
  if (product !== PRODUCT || typeof version !== 'number') {
    throw new LiveStoreError('foreign', path, "is a DuckDB database, but no desk's; name another file");
  }
  if (version > LIVE_VERSION) {
    throw new LiveStoreError(
      'newer',
      path,
      `was written by a later version of Bowline (store version ${version}, this one knows ${LIVE_VERSION}); use that version, or another file`,
    );
  }
  return version;
}

/** A version at a time, each as a whole. */
async function migrate(connection: DuckDBConnection, path: string, migrations: Migrations): Promise<void> {
  for (let version = await versionOf(connection, path); version < LIVE_VERSION; version += 1) {
    const statements = migrations[version];
    if (statements === undefined) throw new Error(`nothing leads on from store version ${version}`);
    const raised = `UPDATE store_info SET version = ${version + 1}`;
    await connection.run(['BEGIN', ...statements, raised, 'COMMIT'].join(';\n'));
  }
}
