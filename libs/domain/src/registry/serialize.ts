import { compareCodePoints } from '../primitives/index.js';
import { crc32 } from './checksum.js';
import type { Evidence, JsonValue, OwnershipEntry, Registry } from './entry.js';
import { allRegistered } from './queries.js';
import { readContent } from './read-content.js';

/**
 * The registry as text: a header line and then the content, both JSON and plain ASCII. The header says how long the
 * content is and what its CRC-32 is, so that a file that was cut off, half overwritten or damaged is told apart from
 * a small registry. Equal registries have equal texts.
 */
export function serializeRegistry(registry: Registry): string {
  const entries = allRegistered(registry).map((entry) => json(entryJson(entry)));
  const settled = [...registry.settledTrades]
    .sort(([a], [b]) => compareCodePoints(a, b))
    .map(([tradeId, { owner, positionIds }]) =>
      json({ tradeId, owner, positionIds: [...positionIds].sort(compareCodePoints) }),
    );
  const content = `{"version":${registry.version},"entries":[${lines(entries)}],"settledTrades":[${lines(settled)}]}\n`;
  const header = {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    length: content.length,
    crc32: crc32(content),
  };
  return `${JSON.stringify(header)}\n${content}`;
}

/** Why a text is no registry. Each has its own way out; none of them is an empty registry. */
export type RegistryErrorCode =
  'EMPTY' | 'TRUNCATED' | 'TORN' | 'NOT_A_REGISTRY' | 'WRONG_VERSION' | 'WRONG_CHECKSUM' | 'INVALID_CONTENT';

export interface RegistryError {
  readonly code: RegistryErrorCode;
  /** What is wrong, as a sentence. */
  readonly problem: string;
  /** What a person can do about it. */
  readonly wayOut: string;
}

export type DeserializedRegistry =
  | { readonly kind: 'registry'; readonly registry: Registry }
  | { readonly kind: 'error'; readonly error: RegistryError };

/** Reads what `serializeRegistry` wrote. Anything else, down to one changed character, is an error. */
export function deserializeRegistry(text: string): DeserializedRegistry {
  if (text.trim() === '') return error('EMPTY', 'the text is empty');
  if (text.includes('\0')) return error('TORN', 'it contains zero bytes: the write did not complete');
  const lineEnd = text.indexOf('\n');
  const headerText = lineEnd < 0 ? text : text.slice(0, lineEnd);
  if (!headerText.startsWith(HEADER_START)) {
    return HEADER_START.startsWith(headerText) && lineEnd < 0
      ? error('TRUNCATED', 'it ends within its first line')
      : error('NOT_A_REGISTRY', `it does not begin with ${HEADER_START}`);
  }
  const version = /^(\d+)[,}]/.exec(headerText.slice(HEADER_START.length))?.[1];
  if (version !== undefined && version !== String(FORMAT_VERSION)) {
    return error('WRONG_VERSION', `its format version is ${version}, this program reads ${FORMAT_VERSION}`);
  }
  const header = HEADER.exec(headerText);
  if (!header) {
    return lineEnd < 0
      ? error('TRUNCATED', 'it ends within its first line')
      : error('TORN', `its first line is damaged: ${headerText.slice(0, 120)}`);
  }
  const length = Number(header[1]);
  const content = lineEnd < 0 ? '' : text.slice(lineEnd + 1);
  if (content.length < length) {
    return error('TRUNCATED', `it ends after ${content.length} of ${length} characters of content`);
  }
  if (content.length > length) {
    return error(
      'TORN',
      `${content.length - length} characters follow the ${length} that its header tells of`,
    );
  }
  const checksum = crc32(content);
  if (checksum !== header[2])
    return error('WRONG_CHECKSUM', `its CRC-32 is ${checksum}, its header says ${header[2]}`);
  const read = readContent(content);
  return read.kind === 'registry' ? read : error('INVALID_CONTENT', read.problem);
}

const FORMAT = 'bowline.position-registry';
const FORMAT_VERSION = 1;
const HEADER_START = `{"format":"${FORMAT}","formatVersion":`;
const HEADER =
  /^\{"format":"bowline\.position-registry","formatVersion":1,"length":(0|[1-9]\d{0,15}),"crc32":"([0-9a-f]{8})"\}$/;

const RESTORE = 'restore the last good copy, then reconcile with the exchange';
const WAYS_OUT: Readonly<Record<RegistryErrorCode, string>> = {
  EMPTY:
    `${RESTORE}; write an empty registry on purpose only where none was ever kept: ` +
    'to take it for empty would make every open position look unowned',
  TRUNCATED: `${RESTORE}; look for a full disk`,
  TORN: `${RESTORE}; make sure that one program alone writes it, to a new file that is renamed when complete`,
  NOT_A_REGISTRY: 'check the path: this is the file of something else, and was left alone',
  WRONG_VERSION: 'start the version of the program that wrote it, or a newer one',
  WRONG_CHECKSUM: `${RESTORE}; if it was edited by hand, make the change by commands instead`,
  INVALID_CONTENT: `${RESTORE}; its checksum is right, so a program wrote it that does not keep the rules: find out which`,
};

function error(code: RegistryErrorCode, problem: string): DeserializedRegistry {
  return {
    kind: 'error',
    error: { code, problem: `unreadable registry: ${problem}`, wayOut: WAYS_OUT[code] },
  };
}

/** The entry with its fields in a fixed order, whatever order they were made in. */
function entryJson(entry: OwnershipEntry): JsonValue {
  const {
    positionId,
    heldIn,
    symbol,
    owner,
    strategyId,
    quantity,
    registeredAt,
    updatedAt,
    metadata,
    evidence,
  } = entry;
  return {
    positionId,
    heldIn,
    symbol,
    owner,
    strategyId,
    quantity,
    registeredAt,
    updatedAt,
    metadata: sorted(metadata),
    evidence: evidence.map(evidenceJson),
  };
}

function evidenceJson(evidence: Evidence): JsonValue {
  switch (evidence.kind) {
    case 'fill': {
      const { kind, tradeId, orderId, externalReference, quantity, at } = evidence;
      return { kind, tradeId, orderId, externalReference, quantity, at };
    }
    case 'observed': {
      const { kind, quantity, at } = evidence;
      return { kind, quantity, at };
    }
    case 'adopted': {
      const { kind, operator, reason, quantity, at } = evidence;
      return { kind, operator, reason, quantity, at };
    }
    case 'merged': {
      const { kind, operator, reason, into, at } = evidence;
      return { kind, operator, reason, into, at };
    }
  }
}

/** The same value with the keys of its objects in code-unit order. */
function sorted(value: JsonValue): JsonValue {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sorted);
  const fields = Object.entries(value as { readonly [key: string]: JsonValue });
  fields.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(fields.map(([key, item]) => [key, sorted(item)]));
}

/** One item a line, so that two versions of the text compare well. */
function lines(items: readonly string[]): string {
  return items.length === 0 ? '' : `\n${items.join(',\n')}\n`;
}

/** JSON in plain ASCII, so that a character is a byte and the checksum is one of bytes. */
function json(value: JsonValue): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
