/** The routes of an application as they were registered, HEAD beside each GET. */
export class RouteTable {
  private readonly methods = new Map<string, Set<string>>();

  /** @param path as Fastify has it: `/v1/webhooks/tradingview/:source` */
  add(method: string, path: string): void {
    const template = templateOf(path);
    const known = this.methods.get(template) ?? new Set();
    this.methods.set(template, known.add(method));
  }

  /** @param path as documents have it: `/v1/webhooks/tradingview/{source}` */
  has(method: string, path: string): boolean {
    return this.methods.get(path)?.has(method) === true;
  }

  paths(): readonly string[] {
    return [...this.methods.keys()].sort();
  }

  /** For the header Allow; empty where there is no such path. */
  allowed(path: string): readonly string[] {
    const template = this.methods.has(path) ? path : this.paths().find((each) => patternOf(each).test(path));
    const methods = template === undefined ? undefined : this.methods.get(template);
    return methods === undefined ? [] : [...methods, 'OPTIONS'].sort();
  }

  /** `GET /v1/status`, one line each, without HEAD. */
  list(): readonly string[] {
    return this.paths().flatMap((path) =>
      [...(this.methods.get(path) ?? [])]
        .filter((method) => method !== 'HEAD')
        .sort()
        .map((method) => `${method} ${path}`),
    );
  }
}

/** `:source` of a router as `{source}` of a document. */
export function templateOf(path: string): string {
  return path.replace(/:(\w+)/g, '{$1}');
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '[^/]+')}$`);
}
