import type { z } from 'zod';
import { camelCase, didYouMean, snakeCase } from '../config/suggest.js';
import { shown } from './leaf.js';
import type { FieldError } from './problem.js';

export type Read<T> = { readonly ok: true; readonly value: T } | Unreadable;

export interface Unreadable {
  readonly ok: false;
  readonly errors: readonly FieldError[];
}

/** An object, and where its fields stand in the request, by the names that the sender has for them. */
export interface ReadObject<T> {
  readonly ok: true;
  readonly value: T;
  readonly pathOf: (field: string) => string;
}

/** Other names of fields: `strategy` for `strategyId`. */
export type Aliases = Readonly<Record<string, string>>;

/**
 * Reads an object of a request: keys in camelCase or snake_case, or by another name; null is absent; an unknown key is
 * an error, since it might have been the one that mattered. Errors name the fields as the sender does, below `path`.
 */
export function readObject<S extends z.ZodObject>(
  schema: S,
  aliases: Aliases,
  value: unknown,
  path: string,
): ReadObject<z.output<S>> | Unreadable {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, errors: [{ path, message: `expected an object, got ${shown(value)}` }] };
  }
  const fields = Object.keys(schema.shape);
  const errors: FieldError[] = [];
  const object: Record<string, unknown> = {};
  /** How the sender calls a field. */
  const written = new Map<string, string>();
  for (const [key, held] of Object.entries(value as Record<string, unknown>)) {
    const camel = camelCase(key);
    const field = Object.hasOwn(aliases, camel) ? aliases[camel] : camel;
    const before = written.get(field);
    if (!fields.includes(field)) {
      errors.push({ path: below(path, key), message: unknownField(key, fields, aliases) });
    } else if (before !== undefined) {
      errors.push({ path: below(path, key), message: `the same as ${before}; give one of them` });
    } else {
      written.set(field, key);
      if (held !== null) object[field] = held;
    }
  }
  const pathOf = (field: string): string => below(path, written.get(field) ?? field);
  const parsed = schema.safeParse(object);
  for (const issue of parsed.error?.issues ?? []) {
    errors.push({ path: pathOf(String(issue.path[0])), message: issue.message });
  }
  return errors.length === 0 && parsed.success
    ? { ok: true, value: parsed.data, pathOf }
    : { ok: false, errors };
}

function unknownField(key: string, fields: readonly string[], aliases: Aliases): string {
  const names = [...fields, ...Object.keys(aliases)];
  const near = didYouMean(key, names);
  const spelled = (name: string): string => (key.includes('_') ? snakeCase(name) : name);
  if (near !== null) return `unknown field; did you mean ${spelled(near)}?`;
  return `unknown field; known here: ${fields.map(spelled).join(', ')}`;
}

function below(path: string, key: string): string {
  const name = key.length > 40 ? `${key.slice(0, 40)}...` : key;
  return path === '' ? name : `${path}.${name}`;
}
