/** As much of a request and of its answer as is used here; Fastify's have it. */
export interface HttpRequest {
  readonly method: string;
  /** Of whoever sent it. */
  readonly ip: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The route that it went to: with `:name` for what its path leaves open. */
  readonly routeOptions: { readonly url?: string | undefined };
}

export interface HttpReply {
  status(code: number): HttpReply;
  header(name: string, value: string): HttpReply;
  send(body?: unknown): unknown;
}
