/**
 * Who may import whom. Every project carries exactly one of these as its tag (`"nx": { "tags": ["layer:..."] }` in its
 * package.json), and imports only from the layers listed beside it. What is not listed is refused: an adapter knows no
 * other adapter (so no exchange another), a role no other role, and only the program composes roles. What several adapters
 * have in common is a support.
 */
export const layers = {
  domain: [],
  contracts: ['domain'],
  ports: ['domain', 'contracts'],
  engine: ['domain', 'contracts', 'ports'],
  support: ['domain', 'contracts', 'ports'],
  adapter: ['domain', 'contracts', 'ports', 'support'],
  role: ['domain', 'contracts', 'ports', 'engine', 'adapter'],
  program: ['domain', 'contracts', 'ports', 'engine', 'adapter', 'role'],
  testkit: ['domain', 'contracts', 'ports', 'engine', 'adapter'],
};

/**
 * What specs may import besides what their layer may. The engine's run it on the bar exchange's fill rules, which the
 * program hands to it.
 */
const forSpecs = (layer) => (layer === 'engine' ? ['testkit', 'adapter'] : ['testkit']);

/**
 * The layers order the sources, so a cycle can only come through a spec that imports the testkit, which imports what
 * the spec is about: harmless, and ignored.
 */
export const harmlessCycles = Object.keys(layers)
  .filter((layer) => layer !== 'testkit')
  .flatMap((layer) => [
    ['tag:layer:testkit', `tag:layer:${layer}`],
    [`tag:layer:${layer}`, 'tag:layer:testkit'],
  ]);

/** The layers as `depConstraints` of @nx/enforce-module-boundaries. */
export function depConstraints({ specs }) {
  return Object.entries(layers).map(([layer, below]) => ({
    sourceTag: `layer:${layer}`,
    onlyDependOnLibsWithTags: [...below, ...(specs ? forSpecs(layer) : [])].map((name) => `layer:${name}`),
    // The domain is pure: it runs in a hot loop, in a replay and in a simulator, and no package may know which.
    ...(layer === 'domain' && !specs ? { bannedExternalImports: ['*'] } : {}),
  }));
}
