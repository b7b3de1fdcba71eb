import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { CcxtSetupError, type CcxtClass } from './shape.js';

/** Loaded classes: modules are never forgotten, and neither are these. */
const classes = new Map<string, Promise<CcxtClass>>();

/**
 * The class of one exchange, with its streams where ccxt has them. Loads only its own file and what that needs: all
 * exchanges together take three times as long and three times the memory. ccxt exports nothing but the whole, so that
 * the file is named by where the package lies: a bundler has to leave ccxt out.
 *
 * @throws CcxtSetupError where ccxt has no such exchange
 */
export function loadExchange(ccxtId: string): Promise<CcxtClass> {
  const known = classes.get(ccxtId);
  if (known !== undefined) return known;
  const loading = load(ccxtId);
  classes.set(ccxtId, loading);
  return loading;
}

/** What ccxt calls its exchanges. */
export function exchangeIds(): readonly string[] {
  return readdirSync(sources())
    .filter((name) => name.endsWith('.d.ts'))
    .map((name) => name.slice(0, -'.d.ts'.length));
}

/** Where ccxt keeps its exchanges: beside `dist/ccxt.cjs`, which is what a `require` of it finds. */
function sources(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('ccxt')), '..', 'js', 'src');
  } catch (cause) {
    throw new CcxtSetupError('the package ccxt is not installed beside the program: install it', { cause });
  }
}

const exchangeModule = z.object({ default: z.custom<CcxtClass>((value) => typeof value === 'function') });

async function load(ccxtId: string): Promise<CcxtClass> {
  const ids = exchangeIds();
  if (!ids.includes(ccxtId)) {
    const near = nearest(ccxtId, ids).join(', ');
    throw new CcxtSetupError(
      `ccxt has no exchange ${JSON.stringify(ccxtId)}; the nearest are ${near}: correct ccxtId`,
    );
  }
  const files = [`pro/${ccxtId}.js`, `${ccxtId}.js`].map((name) => join(sources(), name));
  const file = files.find((each) => existsSync(each));
  if (file === undefined)
    throw new CcxtSetupError(`ccxt is not whole: ${files.at(-1)} is missing; install it again`);
  return exchangeModule.parse(await import(pathToFileURL(file).href)).default;
}

const SUGGESTIONS = 3;

function nearest(word: string, words: readonly string[]): readonly string[] {
  const byDistance = words.map((each) => [distance(word.toLowerCase(), each), each] as const);
  return byDistance
    .sort(([a], [b]) => a - b)
    .slice(0, SUGGESTIONS)
    .map(([, each]) => each);
}

/** Letters to insert, delete or replace. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const replaced = row[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
