import { z } from 'zod';
import { joinPath, type Path } from './places.js';
import type { Problems } from './problems.js';
import { choices, type Outline } from './schema/choice.js';
import { isNullable, unwrap } from './schema/walk.js';
import { camelCase } from './suggest.js';
import type { SourceEntry, SourceNode } from './yaml/source.js';

/**
 * Turns what was read into the plain value that the schema checks: keys that the schema knows in camelCase, ids as
 * they are, scalars as their texts, `null` where the file says so. Notes where each value stands. Reports what the
 * value could no longer show: a field that is given twice, a key without a value.
 */
export function readValue(schema: z.ZodType, root: SourceNode, problems: Problems): unknown {
  return new Reader(problems).value(schema, root, [], '', root.offset);
}

class Reader {
  constructor(private readonly problems: Problems) {}

  value(schema: z.ZodType | null, node: SourceNode, path: Path, written: string, keyOffset: number): unknown {
    const shape = schema && this.shapeFor(unwrap(schema), node);
    const known = shape instanceof z.ZodObject ? Object.keys(shape.shape) : null;
    this.problems.places.set(path, { written, keyOffset, node, known });
    switch (node.kind) {
      case 'scalar':
        return node.text;
      case 'null':
        return isSection(shape) && !isNullable(schema) ? {} : null;
      case 'empty':
        if (isSection(shape)) return {};
        if (schema === null) return null; // an unknown key, and reported as that
        this.problems.atKey(path, 'has no value; remove the line, or write null to switch it off');
        return undefined;
      case 'list':
        return node.items.map((item, index) => {
          const element = shape instanceof z.ZodArray ? (shape.element as z.ZodType) : null;
          return this.value(element, item, [...path, index], joinPath(written, index), item.offset);
        });
      case 'map':
        return this.map(shape, node.entries, path, written);
    }
  }

  private map(shape: z.ZodType | null, entries: readonly SourceEntry[], path: Path, written: string) {
    const known = shape instanceof z.ZodObject ? (shape.shape as Record<string, z.ZodType>) : null;
    const value: Record<string, unknown> = {};
    const given = new Map<string, SourceEntry>();
    for (const entry of entries) {
      const key = known ? spelled(entry.key, known) : entry.key;
      if (key === '__proto__') {
        this.problems.atOffset(entry.keyOffset, joinPath(written, key), 'not usable as a key');
        continue;
      }
      if (entry.value.kind === 'empty' && /[:=]/.test(key)) {
        this.problems.atOffset(
          entry.keyOffset,
          joinPath(written, shownKey(key)),
          'a blank is missing after the colon',
        );
        continue;
      }
      const earlier = given.get(key);
      if (earlier) {
        if (!entry.merged) this.twice(earlier, entry, joinPath(written, shownKey(entry.key)));
        continue;
      }
      given.set(key, entry);
      const child = known ? (Object.hasOwn(known, key) ? (known[key] ?? null) : null) : valueType(shape);
      const below = joinPath(written, shownKey(entry.key));
      const read = this.value(child, entry.value, [...path, key], below, entry.keyOffset);
      if (read !== undefined) value[key] = read;
    }
    return value;
  }

  private twice(earlier: SourceEntry, entry: SourceEntry, written: string): void {
    const line = this.problems.lineOf(earlier.keyOffset);
    const same = earlier.key === entry.key ? '' : `, as ${shownKey(earlier.key)}`;
    this.problems.atOffset(entry.keyOffset, written, `given twice; first in line ${line}${same}`);
  }

  /** The one of several shapes that this value is meant to be. */
  private shapeFor(schema: z.ZodType, node: SourceNode): z.ZodType | null {
    const two = choices.get(schema);
    if (two) {
      const outline = outlineOf(node);
      return outline.kind === 'scalar' ? null : unwrap(two.isFirst(outline) ? two.first : two.second);
    }
    if (!(schema instanceof z.ZodDiscriminatedUnion)) return schema;
    const { discriminator, options } = schema.def;
    const tag =
      node.kind === 'map' ? node.entries.find(({ key }) => key === discriminator)?.value : undefined;
    const option = options.find((candidate) => {
      const literal: unknown = (candidate as z.ZodObject).shape[discriminator];
      return literal instanceof z.ZodLiteral && tag?.kind === 'scalar' && literal.values.has(tag.text);
    });
    return (option as z.ZodType | undefined) ?? null;
  }
}

/**
 * A key as it may be shown. Where the space after a colon is missing, YAML takes `apiKey:abc` for the key, and its
 * second half for nobody's eyes.
 */
export function shownKey(key: string): string {
  const name = key.split(/[:=]/, 1)[0] ?? '';
  const cut = name.length > 64 ? name.slice(0, 64) : name;
  return cut.length < key.length ? `${cut}...` : cut;
}

function spelled(key: string, known: Readonly<Record<string, z.ZodType>>): string {
  const camel = camelCase(key);
  return !Object.hasOwn(known, key) && Object.hasOwn(known, camel) ? camel : key;
}

function valueType(shape: z.ZodType | null): z.ZodType | null {
  return shape instanceof z.ZodRecord ? (shape.valueType as z.ZodType) : null;
}

/** What may stand empty because everything in it is optional, or because an error about its content says more. */
function isSection(shape: z.ZodType | null): boolean {
  return shape instanceof z.ZodObject || shape instanceof z.ZodRecord;
}

function outlineOf(node: SourceNode): Outline {
  if (node.kind === 'list') return { kind: 'list', keys: [], nested: false };
  if (node.kind === 'scalar') return { kind: 'scalar', keys: [], nested: false };
  if (node.kind !== 'map') return { kind: 'map', keys: [], nested: true };
  const nested = node.entries.every(({ value }) => value.kind !== 'scalar' && value.kind !== 'list');
  return { kind: 'map', keys: node.entries.map(({ key }) => camelCase(key)), nested };
}
