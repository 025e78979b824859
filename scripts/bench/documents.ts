/**
 * Documents in memory with the two indexes the bench needs: by name, and by `drive_id`. The rules are Firestore's, as
 * far as the sync and the plain job use them: preconditions, batches that are written whole or not at all, server
 * times, field masks of top-level fields.
 */

/** A time as Firestore's protocol writes it. */
export interface Time {
  seconds: number;
  nanos: number;
}

/** A field's value as Firestore's protocol writes it; only what is looked at here is named. */
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

/** gRPC status codes of the refusals. */
export const status = { notFound: 5, alreadyExists: 6, failedPrecondition: 9, unimplemented: 12 } as const;

/** A refused call, with the gRPC status it is answered by. */
export class Refused extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** How documents are kept: encoded, they take a fifth of the memory. */
export interface Codec {
  encode(document: StoredDocument): Uint8Array;
  decode(bytes: Uint8Array): StoredDocument;
}

export class Documents {
  readonly #codec: Codec;
  readonly #byName = new Map<string, Uint8Array>();
  readonly #byDriveId = new Map<string, Set<string>>();
  /** Names in order, by collection; made anew at the first question after a document came or went. */
  readonly #ordered = new Map<string, string[]>();
  #lastMicros = 0;

  constructor(codec: Codec) {
    this.#codec = codec;
  }

  get(name: string): StoredDocument | undefined {
    const bytes = this.#byName.get(name);
    return bytes && this.#codec.decode(bytes);
  }

  /** Names of a collection in order, those after `after`, at most `limit`. */
  namesIn(collection: string, after: string | undefined, limit: number): string[] {
    const names = this.#ordered.get(collection) ?? this.#order(collection);
    const start = after === undefined ? 0 : firstAfter(names, after);
    return names.slice(start, start + limit);
  }

  /** Names of a collection whose `drive_id` is one of these, in order. */
  namesWith(collection: string, driveIds: readonly string[]): string[] {
    return driveIds
      .flatMap((id) => [...(this.#byDriveId.get(id) ?? [])])
      .filter((name) => collectionOf(name) === collection)
      .sort();
  }

  /**
   * All of it or nothing.
   *
   * @returns the time of the commit
   * @throws Refused where a precondition does not hold
   */
  commit(writes: readonly DocumentWrite[]): Time {
    const stored = writes.map((write) => this.get(nameOf(write)));
    for (const [index, write] of writes.entries()) check(write, stored[index]);
    const now = this.#tick();
    for (const [index, write] of writes.entries()) this.#write(write, stored[index], now);
    return now;
  }

  now(): Time {
    return this.#tick();
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

  /** Every commit has a time of its own, in whole microseconds. */
  #tick(): Time {
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

/** The protocol leaves out what is zero, such as the nanoseconds of a full second. */
function toMicros({ seconds = 0, nanos = 0 }: Partial<Time>): number {
  return seconds * 1e6 + nanos / 1000;
}

/** The fields after an update: those of the mask replaced, or gone; without a mask all. */
function merged({ update, updateMask }: DocumentWrite, before: StoredDocument | undefined) {
  const given = update?.fields ?? {};
  if (!updateMask) return { ...given };
  const fields = { ...before?.fields };
  for (const path of updateMask.fieldPaths ?? []) {
    if (path.includes('.')) throw new Refused(status.unimplemented, 'masks of nested fields');
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
