import { type DriveError, parameterError } from '../errors.ts';
import type { Schema } from './schema.ts';

/** What of a resource is wanted: everything, or the named fields, each with what is wanted of it. */
export type Mask = 'all' | ReadonlyMap<string, Mask>;

type MutableMask = Map<string, Mask>;

/**
 * Parses a `fields` parameter, e.g. `nextPageToken,files(id,shortcutDetails/targetId)`, against a resource.
 * An empty text selects nothing. Rules:
 * https://developers.google.com/workspace/drive/api/guides/fields-parameter
 * @throws DriveError 400 `invalidParameter` for an unknown field or a malformed text.
 */
export function parseFields(text: string, schema: Schema): Mask {
  if (text === '') return new Map();
  const tokens = text.match(/[A-Za-z0-9_$.-]+|[(),/*]|\s+|./gu) ?? [];
  const reader = { tokens: tokens.filter((token) => token.trim() !== ''), position: 0 };
  const mask = parseList(reader, schema);
  if (reader.position < reader.tokens.length) throw invalidSelection(text);
  return mask;
}

/** Whether `field` is wanted. */
export function wants(mask: Mask, field: string): boolean {
  return mask === 'all' || mask.has(field);
}

/** What is wanted of `field`; of an unwanted one, nothing. */
export function maskOf(mask: Mask, field: string): Mask {
  return mask === 'all' ? 'all' : (mask.get(field) ?? new Map<string, Mask>());
}

/** Keeps of a JSON value what the mask names; a mask applies to each element of an array. */
export function project(value: unknown, mask: Mask): unknown {
  if (mask === 'all' || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((element) => project(element, mask));
  const kept: Record<string, unknown> = {};
  for (const [field, part] of Object.entries(value)) {
    const sub = mask.get(field);
    if (sub !== undefined) kept[field] = project(part, sub);
  }
  return kept;
}

interface Reader {
  readonly tokens: readonly string[];
  position: number;
}

function parseList(reader: Reader, schema: Schema | true): Mask {
  const mask: MutableMask = new Map();
  let all = false;
  for (;;) {
    all = parseSelection(reader, schema, mask) || all;
    if (reader.tokens[reader.position] !== ',') return all ? 'all' : mask;
    reader.position++;
  }
}

/** Adds one selection to the mask; true if it was `*`. */
function parseSelection(reader: Reader, schema: Schema | true, mask: MutableMask): boolean {
  const name = reader.tokens[reader.position++] ?? '';
  if (name === '*') return true;
  // Some leaves of the schema are objects in Drive that the sandbox does not model; it refuses to look into them.
  if (!/^[\w$.-]+$/.test(name) || schema === true) throw invalidSelection(name);
  const sub = Object.hasOwn(schema, name) ? schema[name] : undefined;
  if (sub === undefined) throw invalidSelection(name);
  merge(mask, name, parseSub(reader, sub));
  return false;
}

function parseSub(reader: Reader, schema: Schema | true): Mask {
  const next = reader.tokens[reader.position];
  if (next === '/') {
    reader.position++;
    const mask: MutableMask = new Map();
    return parseSelection(reader, schema, mask) ? 'all' : mask;
  }
  if (next !== '(') return 'all';
  reader.position++;
  const mask = parseList(reader, schema);
  if (reader.tokens[reader.position++] !== ')') throw invalidSelection('(');
  return mask;
}

function merge(mask: MutableMask, name: string, added: Mask): void {
  const present = mask.get(name);
  if (present === undefined || added === 'all') mask.set(name, added);
  else if (present !== 'all') {
    const union: MutableMask = new Map(present);
    for (const [field, sub] of added) merge(union, field, sub);
    mask.set(name, union);
  }
}

function invalidSelection(name: string): DriveError {
  return parameterError(400, 'invalidParameter', 'fields', `Invalid field selection ${name}`);
}
