import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a page is made of besides its data. */
export interface PageAssets {
  readonly style: string;
  readonly script: string;
  /** TradingView Lightweight Charts, its standalone build. */
  readonly charts: string;
}

let loaded: Promise<PageAssets> | null = null;

/** Reads the assets, once for the life of the process. */
export function pageAssets(): Promise<PageAssets> {
  loaded ??= load();
  return loaded;
}

/** The parts of our script, in the order in which they build on each other. */
const PARTS = ['common.js', 'equity.js', 'trades.js', 'tables.js', 'main.js'];

async function load(): Promise<PageAssets> {
  // The same from src and from dist.
  const own = fileURLToPath(new URL('../../assets/', import.meta.url));
  const library = dirname(createRequire(import.meta.url).resolve('lightweight-charts/package.json'));
  const read = (...path: readonly string[]): Promise<string> => readFile(join(...path), 'utf8');
  const [style, charts, ...parts] = await Promise.all([
    read(own, 'report.css'),
    read(library, 'dist', 'lightweight-charts.standalone.production.js'),
    ...PARTS.map((name) => read(own, name)),
  ]);
  // In one function, so that nothing of it meets the library's globals.
  return { style, charts, script: `(() => {\n'use strict';\n${parts.join('\n')}})();` };
}
