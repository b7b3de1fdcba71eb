import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';
import { DuckDBInstance } from '@duckdb/node-api';
import { zipSync } from 'fflate';

/** A folder of a test suite's own below the system's temporary one; it is removed when the suite is over. */
export class WorkFolder {
  readonly path: string;

  constructor(name: string) {
    this.path = mkdtempSync(join(tmpdir(), `bowline-${name}-`));
    afterAll(() => rmSync(this.path, { recursive: true, force: true }));
  }

  at(...parts: string[]): string {
    return join(this.path, ...parts);
  }

  /** Writes a file and returns its path. */
  file(name: string, content: string | Uint8Array): string {
    const path = this.at(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  read(...parts: string[]): string {
    return readFileSync(this.at(...parts), 'utf8');
  }

  /** A zip archive with one file in it. */
  zip(name: string, inside: string, content: string): string {
    return this.file(name, zipSync({ [inside]: new TextEncoder().encode(content) }));
  }

  /** A Parquet file with the rows of a query. */
  async parquet(name: string, select: string): Promise<string> {
    const path = this.at(name);
    const instance = await DuckDBInstance.create(':memory:');
    try {
      const connection = await instance.connect();
      await connection.run(`COPY (${select}) TO '${path.replaceAll("'", "''")}' (FORMAT parquet)`);
      connection.closeSync();
    } finally {
      instance.closeSync();
    }
    return path;
  }

  /** Every file below, with a hash of its content: what must stay the same is compared whole. */
  snapshot(...parts: string[]): Record<string, string> {
    const root = this.at(...parts);
    const names = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
    const files = names.filter((name) => statSync(join(root, name)).isFile());
    return Object.fromEntries(
      files.map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(root, name)))
          .digest('hex'),
      ]),
    );
  }
}
