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

async function load(): Promise<PageAssets> {
  // The same from src and from dist.
  const own = fileURLToPath(new URL('../../assets/', import.meta.url));
  const library = dirname(createRequire(import.meta.url).resolve('lightweight-charts/package.json'));
  const [style, script, charts] = await Promise.all([
    readFile(join(own, 'report.css'), 'utf8'),
    readFile(join(own, 'report.js'), 'utf8'),
    readFile(join(library, 'dist', 'lightweight-charts.standalone.production.js'), 'utf8'),
  ]);
  return { style, script, charts };
}
