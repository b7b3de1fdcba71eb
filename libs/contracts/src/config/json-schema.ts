import { z } from 'zod';
import { choices } from './schema/choice.js';
import { deskSchema } from './schema/desk-schema.js';
import { fields, type FieldMeta } from './schema/fields.js';

type Json = Record<string, unknown>;

/**
 * The configuration as a JSON schema (draft 2020-12), for editors that check YAML. It knows the keys in camelCase,
 * and what one field by itself must be; what spans several fields only `parseConfig` can say.
 */
export function configJsonSchema(): Json {
  return { title: 'Bowline configuration', ...jsonSchemaOf(deskSchema) };
}

function jsonSchemaOf(schema: z.ZodType): Json {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const json = jsonSchema as Json;
      const leaf = fields.get(zodSchema);
      if (leaf) {
        delete json['type'];
        const unit = leaf.unit === undefined ? '' : ` (${leaf.unit})`;
        Object.assign(json, leaf.json, { description: `${leaf.meaning}${unit}` });
        const value = defaultOf(leaf);
        if (value !== undefined) json['default'] = value;
      }
      // A section whose every key is commented out reads as null.
      if (json['type'] === 'object' && !json['required']) json['type'] = ['object', 'null'];
      const two = choices.get(zodSchema as unknown as z.ZodType);
      if (two) json['anyOf'] = [two.first, two.second].map((shape) => withoutDialect(jsonSchemaOf(shape)));
    },
  }) as Json;
}

function withoutDialect({ $schema: _dialect, ...schema }: Json): Json {
  return schema;
}

/** The default as a value, where it is one and not an explanation. */
function defaultOf({ default: text, json }: FieldMeta): unknown {
  if (text === undefined) return undefined;
  if (json['type'] === 'boolean') return text === 'true';
  if (json['type'] === 'number' || json['type'] === 'integer')
    return Number.isFinite(Number(text)) ? Number(text) : undefined;
  return Array.isArray(json['enum']) ? text : undefined;
}
