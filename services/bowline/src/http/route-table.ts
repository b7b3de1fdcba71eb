/** The routes of an application as they were registered, HEAD beside each GET. */
export class RouteTable {
  private readonly methods = new Map<string, Set<string>>();

  add(method: string, path: string): void {
    const known = this.methods.get(path) ?? new Set();
    this.methods.set(path, known.add(method));
  }

  has(method: string, path: string): boolean {
    return this.methods.get(path)?.has(method) === true;
  }

  paths(): readonly string[] {
    return [...this.methods.keys()].sort();
  }

  /** For the header Allow; empty where there is no such path. */
  allowed(path: string): readonly string[] {
    const methods = this.methods.get(path);
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
