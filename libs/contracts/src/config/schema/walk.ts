import { z } from 'zod';
import { choices } from './choice.js';
import { fields, type FieldMeta } from './fields.js';
import { placeholders } from './ids.js';

/** One key of the configuration, as the schema describes it. */
export interface SchemaKey {
  /** `clients.<client>.riskParams.stopLossSd`; items of a list end in `[]`. */
  readonly path: readonly string[];
  readonly kind: 'field' | 'list' | 'section';
  readonly required: boolean;
  /** Whether `null` switches it off. */
  readonly nullable: boolean;
  /** Of the field, or of the items of a list of fields. */
  readonly meta: FieldMeta | null;
  /** What the section or list is for. */
  readonly description: string | null;
}

/** The schema below optional and nullable. */
export function unwrap(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodNullable
    ? unwrap(schema.unwrap() as z.ZodType)
    : schema;
}

/** Whether `null` is a value that the schema takes. */
export function isNullable(schema: z.ZodType | null): boolean {
  if (schema instanceof z.ZodOptional) return isNullable(schema.unwrap() as z.ZodType);
  return schema instanceof z.ZodNullable;
}

/** Every key below a schema, in the order of the schema. A key that several shapes share comes once per shape. */
export function schemaKeys(schema: z.ZodType, path: readonly string[] = []): SchemaKey[] {
  const bare = unwrap(schema);
  const two = choices.get(bare);
  if (two) return [...schemaKeys(two.first, path), ...schemaKeys(two.second, path)];
  if (bare instanceof z.ZodDiscriminatedUnion)
    return bare.options.flatMap((option) => schemaKeys(option as z.ZodType, path));
  if (bare instanceof z.ZodRecord)
    return schemaKeys(bare.valueType as z.ZodType, [...path, placeholders.get(bare)?.text ?? '<id>']);
  if (bare instanceof z.ZodArray) {
    const item = bare.element as z.ZodType;
    return fields.has(item) ? [] : schemaKeys(item, [...path.slice(0, -1), `${path.at(-1)}[]`]);
  }
  if (!(bare instanceof z.ZodObject)) return [];
  return Object.entries(bare.shape as Record<string, z.ZodType>).flatMap(([key, value]) => {
    const below = [...path, key];
    return [describeKey(below, value), ...schemaKeys(value, below)];
  });
}

function describeKey(path: readonly string[], schema: z.ZodType): SchemaKey {
  const bare = unwrap(schema);
  const item = bare instanceof z.ZodArray ? (bare.element as z.ZodType) : null;
  const two = choices.get(bare);
  const listed =
    item ??
    (two && unwrap(two.first) instanceof z.ZodArray ? (unwrap(two.first) as z.ZodArray).element : null);
  const record = bare instanceof z.ZodRecord ? (bare.valueType as z.ZodType) : null;
  const leaf =
    fields.get(bare) ?? (listed && fields.get(listed as z.ZodType)) ?? (record && fields.get(record)) ?? null;
  return {
    path,
    kind: fields.has(bare) ? 'field' : item ? 'list' : 'section',
    required: !schema.isOptional(),
    nullable: isNullable(schema),
    meta: leaf ?? literalMeta(bare),
    description: bare.description ?? null,
  };
}

/** The `type` key that tells the shapes of a section apart. */
function literalMeta(schema: z.ZodType): FieldMeta | null {
  if (!(schema instanceof z.ZodLiteral)) return null;
  const text = [...schema.values].join(', ');
  return {
    expected: text,
    type: text,
    meaning: 'Selects this kind; the keys below go with it.',
    json: { const: text },
  };
}
