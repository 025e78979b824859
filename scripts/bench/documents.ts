/**
 * In-memory documents with the two indexes that the benchmark needs: by name, and by `drive_id`. Follows Firestore's
 * rules as far as the sync and the plain job use them: preconditions, atomic batches, server timestamps, and field
 * masks of top-level fields.
 */

/** A timestamp in Firestore's protocol. */
export interface Time {
  seconds: number;
  nanos: number;
}

/** A field's value in Firestore's protocol. Only the kinds that are read here are listed. */
export interface Value {
  stringValue?: string;
  timestampValue?: Time;
}

export interface StoredDocument {
  name: string;
  fields: Record<string, Value>;
  createTime: Time;
  updateTime: Time;
}

export interface DocumentWrite {
  update?: { name: string; fields?: Record<string, Value> } | null;
  delete?: string | null;
  updateMask?: { fieldPaths?: string[] } | null;
  updateTransforms?: { fieldPath: string }[];
  currentDocument?: { exists?: boolean | null; updateTime?: Time | null } | null;
}

/** The gRPC status codes of rejected calls. */
export const status = { notFound: 5, alreadyExists: 6, failedPrecondition: 9, unimplemented: 12 } as const;

/** A rejected call, with the gRPC status of its response. */
export class Refused extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Encodes documents for storage: encoded, they take a fifth of the memory. */
export interface Codec {
  encode(document: StoredDocument): Uint8Array;
  decode(bytes: Uint8Array): StoredDocument;
}

export class Documents {
  readonly #codec: Codec;
  readonly #byName = new Map<string, Uint8Array>();
  readonly #byDriveId = new Map<string, Set<string>>();
  /** Sorted names by collection. Rebuilt by the first query after a document was added or removed. */
  readonly #ordered = new Map<string, string[]>();
  #lastMicros = 0;

  constructor(codec: Codec) {
    this.#codec = codec;
  }

  get(name: string): StoredDocument | undefined {
    const bytes = this.#byName.get(name);
    return bytes && this.#codec.decode(bytes);
  }

  /** The names in a collection, sorted: those after `after`, at most `limit`. */
  namesIn(collection: string, after: string | undefined, limit: number): string[] {
    const names = this.#ordered.get(collection) ?? this.#order(collection);
    const start = after === undefined ? 0 : firstAfter(names, after);
    return names.slice(start, start + limit);
  }

  /** The names in a collection whose `drive_id` is one of these, sorted. */
  namesWith(collection: string, driveIds: readonly string[]): string[] {
    return driveIds
      .flatMap((id) => [...(this.#byDriveId.get(id) ?? [])])
      .filter((name) => collectionOf(name) === collection)
      .sort();
  }

  /**
   * Applies all writes or none.
   *
   * @returns the commit time
   * @throws Refused if a precondition fails
   */
  commit(writes: readonly DocumentWrite[]): Time {
    const stored = writes.map((write) => this.get(nameOf(write)));
    for (const [index, write] of writes.entries()) check(write, stored[index]);
    const now = this.#nextTime();
    for (const [index, write] of writes.entries()) this.#write(write, stored[index], now);
    return now;
  }

  now(): Time {
    return this.#nextTime();
  }

  #write(write: DocumentWrite, before: StoredDocument | undefined, now: Time): void {
    const name = nameOf(write);
    if (before) this.#unindex(before);
    if (!before || !write.update) this.#ordered.delete(collectionOf(name));
    if (!write.update) {
      this.#byName.delete(name);
      return;
    }
    const after: StoredDocument = {
      name,
      fields: merged(write, before),
      createTime: before?.createTime ?? now,
      updateTime: now,
    };
    for (const { fieldPath } of write.updateTransforms ?? [])
      after.fields[fieldPath] = { timestampValue: now };
    this.#byName.set(name, this.#codec.encode(after));
    const driveId = after.fields.drive_id?.stringValue;
    if (driveId === undefined) return;
    const names = this.#byDriveId.get(driveId);
    if (names) names.add(name);
    else this.#byDriveId.set(driveId, new Set([name]));
  }

  #unindex({ name, fields }: StoredDocument): void {
    const driveId = fields.drive_id?.stringValue;
    if (driveId !== undefined) this.#byDriveId.get(driveId)?.delete(name);
  }

  #order(collection: string): string[] {
    const names = [...this.#byName.keys()].filter((name) => collectionOf(name) === collection).sort();
    this.#ordered.set(collection, names);
    return names;
  }

  /** Returns a time that no other commit has, in whole microseconds. */
  #nextTime(): Time {
    this.#lastMicros = Math.max(Date.now() * 1000, this.#lastMicros + 1);
    return { seconds: Math.floor(this.#lastMicros / 1e6), nanos: (this.#lastMicros % 1e6) * 1000 };
  }
}

function check({ currentDocument }: DocumentWrite, before: StoredDocument | undefined): void {
  const { exists, updateTime } = currentDocument ?? {};
  if (exists === false && before) throw new Refused(status.alreadyExists, `${before.name} exists`);
  if (exists === true && !before) throw new Refused(status.notFound, 'no such document');
  if (!updateTime) return;
  if (!before) throw new Refused(status.notFound, 'no such document');
  if (toMicros(updateTime) !== toMicros(before.updateTime))
    throw new Refused(status.failedPrecondition, `${before.name} was changed`);
}

/** The protocol omits values that are zero, such as the nanoseconds of a full second. */
function toMicros({ seconds = 0, nanos = 0 }: Partial<Time>): number {
  return seconds * 1e6 + nanos / 1000;
}

/**
 * The fields after an update. With a mask, its fields are replaced or deleted. Without one, all fields are replaced.
 */
function merged({ update, updateMask }: DocumentWrite, before: StoredDocument | undefined) {
  const given = update?.fields ?? {};
  if (!updateMask) return { ...given };
  const fields = { ...before?.fields };
  for (const path of updateMask.fieldPaths ?? []) {
    if (path.includes('.'))
      throw new Refused(status.unimplemented, 'field masks of nested fields are not supported');
    const value = given[path];
    if (value === undefined) delete fields[path];
    else fields[path] = value;
  }
  return fields;
}

function nameOf(write: DocumentWrite): string {
  return write.update?.name ?? write.delete ?? '';
}

function collectionOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/'));
}

function firstAfter(names: readonly string[], after: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] ?? '') <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}
