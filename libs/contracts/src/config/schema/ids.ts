import { z } from 'zod';
import { textField } from './fields.js';

const ID = /^[A-Za-z0-9._-]{1,64}$/;
const EXPECTED = '1 to 64 letters, digits, dots, dashes or underscores';

/** Whether the text can name a client, an exchange, a strategy, or a symbol. */
export function isId(text: string): boolean {
  return ID.test(text) && text !== '__proto__';
}

/** What stands for the id in the path of a key, `<client>`: of every mapping that `byId` made. */
export const placeholders = z.registry<{ readonly text: string }>();

/** A mapping from ids to something. `what` comes with its article: `a client`. */
export function byId<T extends z.ZodType>(what: string, value: T, meaning: string) {
  const id = z.string().refine(isId, { error: () => `not usable as ${what} id; expected ${EXPECTED}` });
  const schema = z.record(id, value).describe(meaning);
  placeholders.add(schema, { text: `<${what.replace(/^an? /, '')}>` });
  return schema;
}

/** A list of ids. */
export function idList(what: string, meaning: string, unset: string) {
  const item = textField({
    expected: `${what} id of ${EXPECTED}`,
    type: `list of ${what.replace(/^an? /, '')} ids`,
    meaning,
    default: unset,
    pattern: ID,
    read: (text) => (isId(text) ? text : null),
  });
  return z.array(item);
}
