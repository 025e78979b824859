/**
 * A Firestore server with indexes, for large libraries. It implements the three calls that the sync makes
 * (documents.ts has the rules).
 *
 * Google's emulator has no indexes: it scans all documents for each page of a catalog and for each queried value, so a
 * million books would take days. Results say which of the two they were measured on, and a test compares their counts.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
// A dependency of firebase-admin: the server must speak exactly the same protocol as that client.
import { grpc, protobuf } from 'google-gax';
import {
  Documents,
  type DocumentWrite,
  Refused,
  type StoredDocument,
  status,
  type Time,
} from './documents.ts';

interface QueryRequest {
  parent: string;
  structuredQuery: {
    select?: { fields?: { fieldPath: string }[] } | null;
    from: { collectionId: string }[];
    where?: { fieldFilter?: { field: { fieldPath: string }; op: number; value: ListValue } } | null;
    startAt?: { values?: { referenceValue?: string }[]; before?: boolean } | null;
    limit?: { value: number } | null;
  };
}
interface ListValue {
  arrayValue?: { values?: { stringValue?: string }[] };
}
interface GetRequest {
  documents: string[];
  mask?: { fieldPaths?: string[] } | null;
}

/** `StructuredQuery.FieldFilter.Operator.IN`. */
const operatorIn = 8;

const file = createRequire(import.meta.url).resolve('@google-cloud/firestore/build/protos/v1.json');
const types = protobuf.Root.fromJSON(JSON.parse(readFileSync(file, 'utf8')));
const documentType = types.lookupType('google.firestore.v1.Document');

const documents = new Documents({
  encode: (document) => documentType.encode(documentType.fromObject(document)).finish(),
  decode: (bytes) => plain<StoredDocument>(documentType, bytes),
});

/** Decodes a message without protobufjs's default values: a field that was not sent must not appear to be set. */
function plain<T>(type: protobuf.Type, bytes: Uint8Array): T {
  return type.toObject(type.decode(bytes), { longs: Number }) as T;
}

/** Defines a method of the service: its request and response types, and whether it streams responses. */
function method(name: string, responseStream: boolean) {
  const request = types.lookupType(`google.firestore.v1.${name}Request`);
  const response = types.lookupType(`google.firestore.v1.${name}Response`);
  return {
    path: `/google.firestore.v1.Firestore/${name}`,
    requestStream: false,
    responseStream,
    requestSerialize: (value: object) => Buffer.from(request.encode(value).finish()),
    requestDeserialize: (bytes: Buffer) => plain<object>(request, bytes),
    responseSerialize: (value: object) => Buffer.from(response.encode(response.fromObject(value)).finish()),
    responseDeserialize: (bytes: Buffer) => plain<object>(response, bytes),
  };
}

/** The responses to a query, one per document. An empty result still returns its read time. */
function* query({ parent, structuredQuery }: QueryRequest): Generator<object> {
  const { select, from, where, startAt, limit } = structuredQuery;
  const collection = `${parent}/${from[0]?.collectionId}`;
  const readTime: Time = documents.now();
  const fields = select?.fields?.map(({ fieldPath }) => fieldPath);
  let names: string[];
  if (where) {
    const filter = where.fieldFilter;
    if (filter?.op !== operatorIn || filter.field.fieldPath !== 'drive_id')
      throw new Refused(status.unimplemented, 'only the filter drive_id in (...) is supported');
    names = documents.namesWith(
      collection,
      filter.value.arrayValue?.values?.map(({ stringValue }) => stringValue ?? '') ?? [],
    );
  } else {
    if (startAt?.before) throw new Refused(status.unimplemented, 'only startAfter is supported');
    const after = startAt?.values?.[0]?.referenceValue;
    names = documents.namesIn(collection, after, limit?.value ?? Number.POSITIVE_INFINITY);
  }
  if (names.length === 0) yield { readTime };
  for (const name of names) yield { document: project(documents.get(name), fields), readTime };
}

function* getAll({ documents: names, mask }: GetRequest): Generator<object> {
  const readTime = documents.now();
  for (const name of names) {
    const found = project(documents.get(name), mask?.fieldPaths);
    yield found ? { found, readTime } : { missing: name, readTime };
  }
}

function project(document: StoredDocument | undefined, fields: readonly string[] | undefined) {
  if (!document || !fields) return document;
  const { name, createTime, updateTime } = document;
  const kept = fields.flatMap((field) => {
    const value = document.fields[field];
    return value === undefined ? [] : [[field, value] as const];
  });
  return { name, createTime, updateTime, fields: Object.fromEntries(kept) };
}

/** Streams responses as fast as the client reads them. */
function streaming<T>(respond: (request: T) => Iterable<object>) {
  return async (call: grpc.ServerWritableStream<T, object>): Promise<void> => {
    try {
      for (const part of respond(call.request)) if (!call.write(part)) await once(call, 'drain');
      call.end();
    } catch (error) {
      call.emit('error', refusal(error));
    }
  };
}

function refusal(error: unknown): { code: number; details: string } {
  return error instanceof Refused
    ? { code: error.code, details: error.message }
    : { code: grpc.status.INTERNAL, details: String(error) };
}

const server = new grpc.Server({ 'grpc.max_receive_message_length': -1 });
server.addService(
  {
    RunQuery: method('RunQuery', true),
    BatchGetDocuments: method('BatchGetDocuments', true),
    Commit: method('Commit', false),
  },
  {
    RunQuery: streaming(query),
    BatchGetDocuments: streaming(getAll),
    Commit: (
      { request }: grpc.ServerUnaryCall<{ writes: DocumentWrite[] }, object>,
      done: grpc.sendUnaryData<object>,
    ) => {
      try {
        const commitTime = documents.commit(request.writes);
        done(null, { commitTime, writeResults: request.writes.map(() => ({ updateTime: commitTime })) });
      } catch (error) {
        done(refusal(error));
      }
    },
  },
);
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${JSON.stringify({ host: `127.0.0.1:${port}` })}\n`);
});
