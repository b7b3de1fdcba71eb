import type { SourceNode } from './yaml/source.js';

/** Keys and list indices from the root, keys in camelCase. */
export type Path = readonly (string | number)[];

/** Where a value stands, and how the file spells the way to it. */
export interface Place {
  /** `clients.ikenna.risk_params.stop_loss_sd`, as the file has it. */
  readonly written: string;
  /** Of the key; of the item in a list. */
  readonly keyOffset: number;
  readonly node: SourceNode;
  /** The keys that may stand in it, where it is a section. */
  readonly known: readonly string[] | null;
}

/** Every value that was read, by its path. */
export class Places {
  private readonly byPath = new Map<string, Place>();

  set(path: Path, place: Place): void {
    this.byPath.set(JSON.stringify(path), place);
  }

  get(path: Path): Place | undefined {
    return this.byPath.get(JSON.stringify(path));
  }

  /** The place itself or, where nothing stands there, the nearest one around it. */
  nearest(path: Path): Place | undefined {
    for (let length = path.length; length >= 0; length -= 1) {
      const place = this.get(path.slice(0, length));
      if (place) return place;
    }
    return undefined;
  }

  /** The path as the file spells it, as far as the file has it. */
  written(path: Path): string {
    for (let length = path.length; length > 0; length -= 1) {
      const place = this.get(path.slice(0, length));
      if (place)
        return path.slice(length).reduce<string>((text, part) => joinPath(text, part), place.written);
    }
    return path.reduce<string>((text, part) => joinPath(text, part), '');
  }
}

/** `clients` + `ikenna`; `symbols` + 0 is `symbols[0]`. */
export function joinPath(path: string, part: string | number): string {
  if (typeof part === 'number') return `${path}[${part}]`;
  return path === '' ? part : `${path}.${part}`;
}
