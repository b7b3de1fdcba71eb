/**
 * The keys of a store. The braces keep them together where a cluster stands behind one address.
 *
 *     store            hash: format, epoch, owner
 *     heads            hash: shard -> number of its last record; a shard that has neither record nor snapshot is not there
 *     log:SHARD        stream: entry SEQUENCE-0 with the fields check and text
 *     snapshot:SHARD   hash: sequence, forgetTo, check, text, and by whom it was written, owner and ordinal
 */
export class Keys {
  readonly store: string;
  readonly heads: string;

  constructor(private readonly name: string) {
    this.store = this.of('store');
    this.heads = this.of('heads');
  }

  log(field: string): string {
    return this.of(`log:${field}`);
  }

  snapshot(field: string): string {
    return this.of(`snapshot:${field}`);
  }

  private of(part: string): string {
    return `bowline:journal:{${this.name}}:${part}`;
  }
}

/** A shard's name in keys and fields: itself, but for what UTF-8 cannot tell apart or a terminal cannot show. */
export function fieldOf(shard: string): string {
  return JSON.stringify(shard).slice(1, -1);
}

export function shardOf(field: string): string {
  return JSON.parse(`"${field}"`) as string;
}
