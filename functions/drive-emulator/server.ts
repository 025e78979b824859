/** The Drive emulator's HTTP server: routes each request to its handler and injects the configured faults. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Behavior, PageSizes } from './api/behavior.ts';
import { answerCall, type Library, visibleFile } from './api/handlers.ts';
import type { Method } from './api/params.ts';
import { OAuthError } from './errors.ts';
import { faultAnswer, spoil } from './faults/fault-answers.ts';
import { type Call, type Fault, Faults } from './faults/faults.ts';
import { type Answer, errorAnswer, htmlAnswer, jsonAnswer, redirect } from './http/answer.ts';
import { Calls } from './http/calls.ts';
import { download } from './http/download.ts';
import { send } from './http/send.ts';
import type { DriveModel } from './model/drive.ts';
import { OAuth, type OAuthOptions } from './oauth/oauth.ts';

export interface DriveEmulatorOptions {
  /** The credentials that the token endpoint requires, and what it grants. */
  readonly oauth?: OAuthOptions;
  readonly behavior?: Partial<Behavior>;
  /** Default: a free port. */
  readonly port?: number;
}

/** A running Drive emulator. */
export interface DriveEmulator {
  /**
   * `http://127.0.0.1:PORT`, without a trailing slash. The `rootUrl` option of `googleapis` needs a trailing slash.
   */
  readonly url: string;
  /** The OAuth token endpoint (`POST`). */
  readonly tokenUrl: string;
  readonly drive: DriveModel;
  readonly calls: Calls;
  readonly faults: Faults;
  /** Can be changed at any time. */
  readonly behavior: Behavior;
  /** Issues an access token without checking credentials. Default scope: `drive.readonly`. */
  issueToken(grant?: { scopes?: readonly string[]; lifetimeSeconds?: number }): string;
  /** Invalidates every access token issued so far. */
  expireTokens(): void;
  /** Stops the server and closes every connection, including those that are waiting for a response. */
  close(): Promise<void>;
}

/** Serves a Drive model on the loopback interface through the Drive v3 API and Google's OAuth endpoints. */
export async function startDriveEmulator(
  drive: DriveModel,
  options: DriveEmulatorOptions = {},
): Promise<DriveEmulator> {
  // The machine's clock, not the model's: client libraries sign assertions and check expiry by the machine's clock.
  const oauth = new OAuth(options.oauth ?? {}, () => Date.now());
  const behavior: Behavior = {
    partialOrQueries: true,
    missingFolder: 'empty',
    shortPages: [],
    ...options.behavior,
  };
  const library = { drive, behavior, pageSizes: new PageSizes(behavior) };
  const state: ServerState = {
    library,
    oauth,
    calls: new Calls(),
    faults: new Faults(),
    closing: new AbortController(),
  };

  const server = createServer((request, response) => {
    serve(state, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await listen(server, options.port ?? 0);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    tokenUrl: `${url}/token`,
    drive,
    calls: state.calls,
    faults: state.faults,
    behavior,
    issueToken: (grant) => oauth.issue(grant),
    expireTokens: () => oauth.expireAll(),
    close: () => {
      state.closing.abort();
      return close(server);
    },
  };
}

interface ServerState {
  readonly library: Library;
  readonly oauth: OAuth;
  readonly calls: Calls;
  readonly faults: Faults;
  readonly closing: AbortController;
}

async function serve(state: ServerState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const call = toCall(state, request);
  if (call === null) {
    await send(response, htmlAnswer(404, 'Not Found'), state.calls);
    return;
  }
  await state.faults.announce(call);
  const fault = state.faults.take(call);
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'cut') {
    request.socket.destroy();
    return;
  }
  if (fault?.kind === 'slow') await wait(fault.ms, state.closing.signal);
  if (fault?.kind === 'expireTokens') state.oauth.expireAll();
  const answer = (fault && faultAnswer(fault)) ?? (await answerOf(state, call, request, fault));
  if (state.closing.signal.aborted) return;
  await send(response, answer, state.calls, fault?.kind === 'half');
}

async function answerOf(
  state: ServerState,
  call: Call,
  request: IncomingMessage,
  fault: Fault | null,
): Promise<Answer> {
  try {
    if (call.method === 'oauth.token') {
      return jsonAnswer(200, state.oauth.exchange(new URLSearchParams(await text(request))));
    }
    if (call.method === 'oauth.tokeninfo') {
      return jsonAnswer(200, state.oauth.describe(request.headers.authorization, call.params));
    }
    if (call.method === 'oauth.auth') return consent(state.oauth, call.params);
    state.oauth.check(request.headers.authorization, call.method);
    if (call.method === 'files.download') {
      return download(visibleFile(state.library, call), request.headers.range);
    }
    const value = answerCall(state.library, call);
    const answer = jsonAnswer(200, fault === null ? value : spoil(value, fault));
    return fault?.kind === 'truncatedJson' ? truncate(answer) : answer;
  } catch (error) {
    return errorAnswer(error);
  }
}

/** Redirects the browser back to the client. An invalid request shows an error page instead and redirects nowhere. */
function consent(oauth: OAuth, params: URLSearchParams): Answer {
  try {
    return redirect(oauth.authorize(params));
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return htmlAnswer(error.code, `Access blocked: ${error.message} Error ${error.code}: ${error.error}`);
  }
}

const routes: readonly (readonly [RegExp, Method])[] = [
  [/^\/drive\/v3\/files$/, 'files.list'],
  [/^\/drive\/v3\/files\/(?<id>[^/]+)$/, 'files.get'],
  [/^\/drive\/v3\/changes$/, 'changes.list'],
  [/^\/drive\/v3\/changes\/startPageToken$/, 'changes.getStartPageToken'],
  [/^\/drive\/v3\/about$/, 'about.get'],
  [/^\/drive\/v3\/drives\/(?<id>[^/]+)$/, 'drives.get'],
  [/^\/o\/oauth2\/v2\/auth$/, 'oauth.auth'],
  [/^\/tokeninfo$/, 'oauth.tokeninfo'],
];

/**
 * Identifies and counts the API call of a request. Null for a path or HTTP method that the emulator does not serve.
 */
function toCall(state: ServerState, request: IncomingMessage): Call | null {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const found = findMethod(request.method ?? '', url);
  if (found === null) return null;
  const [method, id] = found;
  state.calls.add(method);
  const index = state.calls.count(method);
  return { method, index, id, params: url.searchParams, headers: request.headers };
}

function findMethod(verb: string, url: URL): [Method, string | null] | null {
  if (verb === 'POST' && url.pathname === '/token') return ['oauth.token', null];
  if (verb === 'POST' && url.pathname === '/tokeninfo') return ['oauth.tokeninfo', null];
  if (verb !== 'GET') return null;
  for (const [pattern, method] of routes) {
    const match = pattern.exec(url.pathname);
    if (match === null) continue;
    const id = match.groups?.id === undefined ? null : decodeURIComponent(match.groups.id);
    const isDownload = method === 'files.get' && url.searchParams.get('alt') === 'media';
    return [isDownload ? 'files.download' : method, id];
  }
  return null;
}

function truncate(answer: Answer): Answer {
  const whole = answer.body as Uint8Array;
  const body = whole.subarray(0, Math.floor(whole.byteLength / 2));
  return { ...answer, body, headers: { ...answer.headers, 'content-length': String(body.byteLength) } };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}
