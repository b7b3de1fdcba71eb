import { InputError } from '../errors.js';
import { overrideAt, type ConfigOverride } from './override.js';
import type { Path, Places } from './places.js';
import type { Source } from './yaml/source.js';

/** Collects what is wrong, and says it in the order of the file. */
export class Problems {
  private readonly found: { offset: number; text: string }[] = [];

  constructor(
    private readonly fileName: string,
    private readonly source: Source,
    readonly places: Places,
    private readonly overrides: readonly ConfigOverride[] = [],
  ) {}

  /** Something wrong with the value at a path, or with its absence. */
  atValue(path: Path, message: string): void {
    const place = this.places.get(path);
    // A key without a value has no place of its own to point at.
    const offset =
      place && place.node.kind !== 'empty' ? place.node.offset : this.places.nearest(path)?.keyOffset;
    this.atOffset(offset ?? 0, this.places.written(path), message);
  }

  /** Something wrong with the key itself. */
  atKey(path: Path, message: string): void {
    this.atOffset(this.places.nearest(path)?.keyOffset ?? 0, this.places.written(path), message);
  }

  atOffset(offset: number, path: string, message: string): void {
    const text = path === '' ? message : `${path}: ${message}`;
    if (!this.found.some((problem) => problem.offset === offset && problem.text === text))
      this.found.push({ offset, text });
  }

  lineOf(offset: number): number {
    return this.source.position(offset).line;
  }

  /** Throws an InputError with every problem, if there is one. */
  throwIfAny(): void {
    if (this.found.length === 0) return;
    const sorted = [...this.found].sort((a, b) => a.offset - b.offset);
    throw new InputError(sorted.map(({ offset, text }) => `${this.placeOf(offset)}: ${text}`));
  }

  private placeOf(offset: number): string {
    const override = overrideAt(offset);
    if (override !== null) return this.overrides[override]?.label ?? this.fileName;
    const { line, column } = this.source.position(offset);
    return `${this.fileName}:${line}:${column}`;
  }
}
