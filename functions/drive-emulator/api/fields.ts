import { type DriveError, parameterError } from '../errors.ts';
import type { Schema } from './schema.ts';

/** The selected part of a resource: everything, or the named fields, each with its own mask. */
export type Mask = 'all' | ReadonlyMap<string, Mask>;

type MutableMask = Map<string, Mask>;

/**
 * Parses a `fields` parameter, such as `nextPageToken,files(id,shortcutDetails/targetId)`, against a resource's
 * schema. An empty string selects nothing. Rules:
 * https://developers.google.com/workspace/drive/api/guides/fields-parameter
 * @throws DriveError 400 `invalidParameter` for an unknown field or a syntax error
 */
export function parseFields(text: string, schema: Schema): Mask {
  if (text === '') return new Map();
  const tokens = text.match(/[A-Za-z0-9_$.-]+|[(),/*]|\s+|./gu) ?? [];
  const reader = { tokens: tokens.filter((token) => token.trim() !== ''), position: 0 };
  const mask = parseList(reader, schema);
  if (reader.position < reader.tokens.length) throw invalidSelection(text);
  return mask;
}

/** Whether the mask selects `field`. */
export function wants(mask: Mask, field: string): boolean {
  return mask === 'all' || mask.has(field);
}

/** The mask of `field`. If `field` is not selected, a mask that selects nothing. */
export function maskOf(mask: Mask, field: string): Mask {
  return mask === 'all' ? 'all' : (mask.get(field) ?? new Map<string, Mask>());
}

/** Reduces a JSON value to the fields that the mask selects. For an array, the mask applies to each element. */
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

/** Parses one selection and adds it to the mask. Returns true if the selection was `*`. */
function parseSelection(reader: Reader, schema: Schema | true, mask: MutableMask): boolean {
  const name = reader.tokens[reader.position++] ?? '';
  if (name === '*') return true;
  // Some leaves of the schema are objects in Drive that the emulator does not model. It rejects selections inside
  // them.
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
