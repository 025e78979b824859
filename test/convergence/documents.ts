/**
 * Access to Firestore for the simulated other programs and for the checks: plain REST over one connection pool, without
 * a client library. It shares no code with the sync, so that it cannot repeat, and thereby hide, a bug in how the sync
 * reads or writes.
 */
import http from 'node:http';

export type Value = string | number | boolean | null | { timestamp: string } | Value[] | { map: Fields };
export type Fields = { [field: string]: Value };

export interface StoredDocument {
  docId: string;
  fields: Fields;
  /** RFC 3339, as Firestore returns it. A document that is deleted and created again gets a new one. */
  createTime: string;
  updateTime: string;
}

export interface Documents {
  list(): Promise<StoredDocument[]>;
  /** Returns false if a document with this ID exists. */
  create(docId: string, fields: Fields): Promise<boolean>;
  /** Writes the given fields. Returns false if the document has changed since it was read. */
  patch(read: StoredDocument, fields: Fields): Promise<boolean>;
}

const pool = new http.Agent({ keepAlive: true, maxSockets: 32 });

/** Opens a collection of a project in the Firestore emulator at `host`. */
export function openDocuments(host: string, projectId: string, collection: string): Documents {
  const root = `/v1/projects/${projectId}/databases/(default)/documents`;
  const path = `${root}/${collection}`;
  const commitPath = `${root}:commit`;

  async function call(method: string, rest: string, body?: object): Promise<{ status: number; body: Raw }> {
    const response = await exchange(host, method, `${path}${rest}`, body);
    if (response.status >= 500)
      throw new Error(`The Firestore emulator returned ${response.status} for ${method} ${rest}`);
    return response;
  }

  return {
    async list() {
      const found: StoredDocument[] = [];
      let token = '';
      do {
        const { body } = await call(
          'GET',
          `?pageSize=300${token && `&pageToken=${encodeURIComponent(token)}`}`,
        );
        for (const raw of body.documents ?? []) found.push(decodeDocument(raw));
        token = body.nextPageToken ?? '';
      } while (token !== '');
      return found;
    },
    async create(docId, fields) {
      const response = await call('POST', `?documentId=${encodeURIComponent(docId)}`, encodeFields(fields));
      return isAccepted(response, 'create');
    },
    async patch(read, fields) {
      // Uses a commit because the emulator misreads the precondition of a plain PATCH.
      const update = { name: `${path.slice('/v1/'.length)}/${read.docId}`, ...encodeFields(fields) };
      const updateMask = { fieldPaths: Object.keys(fields) };
      const writes = [{ update, updateMask, currentDocument: { updateTime: read.updateTime } }];
      return isAccepted(await exchange(host, 'POST', commitPath, { writes }), 'patch');
    },
  };
}

/**
 * Whether a write succeeded. A failed precondition is an expected result.
 *
 * @throws Error on any other status, which is a bug in this test
 */
function isAccepted({ status, body }: { status: number; body: Raw }, what: string): boolean {
  if (status === 200) return true;
  const error = body.error?.status ?? '';
  if (['ALREADY_EXISTS', 'NOT_FOUND', 'FAILED_PRECONDITION', 'ABORTED'].includes(error)) return false;
  throw new Error(`The Firestore emulator returned ${status} ${error} for ${what}`);
}

interface Raw {
  documents?: RawDocument[];
  nextPageToken?: string;
  error?: { status?: string };
}
interface RawDocument {
  name: string;
  fields?: Record<string, RawValue>;
  createTime: string;
  updateTime: string;
}
interface RawValue {
  stringValue?: string;
  integerValue?: string;
  doubleValue?: number;
  booleanValue?: boolean;
  nullValue?: null;
  timestampValue?: string;
  arrayValue?: { values?: RawValue[] };
  mapValue?: { fields?: Record<string, RawValue> };
}

function exchange(
  host: string,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: Raw }> {
  const [hostname, port] = host.split(':');
  return new Promise((resolve, reject) => {
    const headers = { authorization: 'Bearer owner', 'content-type': 'application/json' };
    const request = http.request({ hostname, port, method, path, headers, agent: pool }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        try {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text || '{}') as Raw });
        } catch (error) {
          reject(error);
        }
      });
    });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function decodeDocument(raw: RawDocument): StoredDocument {
  return {
    docId: raw.name.slice(raw.name.lastIndexOf('/') + 1),
    fields: decodeFields(raw.fields ?? {}),
    createTime: raw.createTime,
    updateTime: raw.updateTime,
  };
}

function decodeFields(fields: Record<string, RawValue>): Fields {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, decode(value)]));
}

function decode(value: RawValue): Value {
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.integerValue !== undefined) return Number(value.integerValue);
  if (value.doubleValue !== undefined) return value.doubleValue;
  if (value.booleanValue !== undefined) return value.booleanValue;
  if (value.timestampValue !== undefined) return { timestamp: value.timestampValue };
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(decode);
  if (value.mapValue !== undefined) return { map: decodeFields(value.mapValue.fields ?? {}) };
  return null;
}

function encodeFields(fields: Fields): { fields: Record<string, RawValue> } {
  return {
    fields: Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, encode(value)])),
  };
}

function encode(value: Value): RawValue {
  if (value === null) return { nullValue: null };
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { booleanValue: value };
  if (typeof value === 'number') return { integerValue: String(value) };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(encode) } };
  if ('timestamp' in value) return { timestampValue: value.timestamp as string };
  return { mapValue: encodeFields(value.map as Fields) };
}
