import ts from 'typescript';

/**
 * The packages and modules of Node that a source imports, by name and without the path behind it, each once: those of
 * `import`, `export ... from`, and `import()` and `require()` of a literal.
 *
 * @param {string} source
 * @returns {string[]}
 */
export function importedPackages(source) {
  const specifiers = ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName);
  return [...new Set(specifiers.filter((specifier) => !specifier.startsWith('.')).map(packageOf))];
}

function packageOf(specifier) {
  if (specifier.startsWith('node:')) return specifier;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
