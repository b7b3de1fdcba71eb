/**
 * `npm run bundle [-- FOLDER]`: the program in one folder (default: dist/bundle), made of what the compiler has written.
 * It runs with nothing else than the packages of its package.json beside it: `npm ci --omit=dev --ignore-scripts`, then
 * `node bowline.mjs`.
 *
 * The compiler goes first because esbuild by itself leaves out what Nest's decorators are told about types.
 */
import { build } from 'esbuild';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { isMain } from './bench/measure.mjs';
import { lockOf } from './bundle/lock-of.mjs';
import { root } from './project-graph.mjs';

/** What starts by itself: the program, and the modules of worker threads. Paths from the root, and names without ending. */
const STARTS = {
  'services/bowline/dist/main.js': 'bowline',
  'services/bowline/dist/historical/client-worker.js': 'client-worker',
  'services/bowline/dist/sweep/sweep-worker.js': 'sweep-worker',
};

/** Folders that are read while the program runs, and their names in the bundle. */
const FOLDERS = { 'libs/report/assets': 'report-assets' };

/** Packages that stay packages: they bring binaries, or read files beside their sources. */
const KEPT = ['@duckdb/node-api', '@google-cloud/pubsub', 'ccxt', 'lightweight-charts'];

/** What Nest would load if somebody used it. It is not installed, and Nest says so where it is missed. */
const ABSENT = [
  // What ws would be a little quicker with.
  ...['bufferutil', 'utf-8-validate'],
  ...['@fastify/multipart', '@fastify/static', '@fastify/view', '@grpc/grpc-js', '@grpc/proto-loader'],
  ...['@nats-io/transport-node', '@nestjs/platform-express', '@nestjs/websockets', 'amqp-connection-manager'],
  ...['amqplib', 'class-transformer', 'class-validator', 'kafkajs', 'mqtt'],
];

/** Packages in CommonJS ask for modules of Node by require, which an ES module has not. */
const REQUIRE = `import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);`;

/**
 * Writes the bundle, in place of what was in the folder.
 *
 * @param {string} folder
 * @returns {Promise<{ files: number, bytes: number, packages: string[] }>} what was written, and the packages beside it
 */
export async function bundle(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const required = new Set();
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: Object.entries(STARTS).map(([path, out]) => ({ in: path, out })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    chunkNames: '[name]-[hash]',
    ...{ bundle: true, format: 'esm', platform: 'node', target: 'node20' },
    // Commands are loaded when they are called.
    splitting: true,
    // Two classes of one name stay two classes of one name.
    keepNames: true,
    // Text that is loaded stays in memory. Names are those of the sources, and --enable-source-maps finds the lines.
    ...{ minifyWhitespace: true, lineLimit: 160, sourcemap: 'linked', sourcesContent: false },
    banner: { js: REQUIRE },
    external: [...KEPT, ...ABSENT].flatMap((name) => [name, `${name}/*`]),
    plugins: [fitting(required)],
    metafile: true,
    logLevel: 'warning',
  });
  const outputs = Object.entries(metafile.outputs).flatMap(([path, output]) =>
    path.endsWith('.mjs') ? [output] : [],
  );
  for (const { imports } of outputs)
    for (const { external, path } of imports)
      if (external && !isBuiltin(path) && !ABSENT.includes(packageOf(path))) required.add(packageOf(path));
  for (const [from, to] of Object.entries(FOLDERS))
    cpSync(join(root, from), join(folder, to), { recursive: true });
  const packages = [...required].sort();
  writePackages(folder, packages);
  return {
    files: outputs.length,
    bytes: outputs.reduce((sum, each) => sum + each.bytes, 0),
    packages,
  };
}

/**
 * Modules as they have to be in a bundle.
 *
 * @param {Set<string>} required gets the packages that are asked for past the bundler
 */
function fitting(required) {
  return {
    name: 'fitting',
    setup({ onLoad }) {
      onLoad({ filter: /\/(node_modules\/@nestjs|libs|services)\/.*\.js$/ }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const own = !path.includes('/node_modules/');
        return { contents: metadataFirst(own ? placedAnew(path, text, required) : text) };
      });
    },
  };
}

/**
 * Chunks are not loaded in the order in which modules import each other: whoever uses the metadata of decorators has to
 * ask for them, and not only whoever comes first.
 */
function metadataFirst(text) {
  return /\bReflect\.\w*etadata\b/.test(text) ? `import 'reflect-metadata';\n${text}` : text;
}

const PLACES = new Map([
  ...Object.entries(STARTS).map(([path, name]) => [join(root, path), `./${name}.mjs`]),
  ...Object.entries(FOLDERS).map(([path, name]) => [join(root, path), `./${name}/`]),
]);

/** Everything lies in one folder: what a module looks for beside itself is elsewhere, and a package that it asks for is kept. */
function placedAnew(path, text, required) {
  const parts = text.split(
    /(new URL\('[^']+', import\.meta\.url\)|createRequire\(import\.meta\.url\)(?:\.resolve)?\('[^']+'\))/,
  );
  return parts
    .map((part, at) => {
      if (at % 2 === 0) {
        if (part.includes('import.meta.url'))
          throw new Error(`${relative(root, path)}: where does import.meta.url lead to in a bundle?`);
        return part;
      }
      const named = /'([^']+)'/.exec(part)[1];
      if (part.startsWith('new URL')) {
        const place = PLACES.get(resolve(dirname(path), named));
        if (place === undefined) throw new Error(`${relative(root, path)}: the bundle has no ${named}`);
        return part.replace(named, place);
      }
      const name = packageOf(named);
      if (!KEPT.includes(name))
        throw new Error(`${relative(root, path)}: the bundle keeps no package ${name}`);
      required.add(name);
      return part;
    })
    .join('');
}

function packageOf(path) {
  return path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');
}

function writePackages(folder, packages) {
  const { version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { packages: locked } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const manifest = {
    ...{ name: 'bowline', version, private: true, license, type: 'module' },
    dependencies: Object.fromEntries(packages.map((name) => [name, locked[`node_modules/${name}`].version])),
  };
  const write = (name, content) => writeFileSync(join(folder, name), `${JSON.stringify(content, null, 2)}\n`);
  write('package.json', manifest);
  write('package-lock.json', lockOf(manifest, locked));
}

if (isMain(import.meta.url)) {
  const folder = resolve(process.argv[2] ?? join(root, 'dist', 'bundle'));
  const { bytes, files, packages } = await bundle(folder);
  const size = (bytes / 1e6).toFixed(1);
  console.error(`bundle: ${files} files, ${size} MB in ${folder}, beside ${packages.join(', ')}`);
}
