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

export interface SandboxOptions {
  /** What the token endpoint and the bearer check insist on. */
  readonly oauth?: OAuthOptions;
  readonly behavior?: Partial<Behavior>;
  /** Default: any free port. */
  readonly port?: number;
}

/** A running sandbox. */
export interface DriveEmulator {
  /** `http://127.0.0.1:PORT`, without a slash at the end. `googleapis` wants it as `rootUrl`, with one. */
  readonly url: string;
  /** `POST` here for access tokens. */
  readonly tokenUrl: string;
  readonly drive: DriveModel;
  readonly calls: Calls;
  readonly faults: Faults;
  /** May be changed at any time. */
  readonly behavior: Behavior;
  /** A new access token without any credentials. Default scope: `drive.readonly`. */
  issueToken(grant?: { scopes?: readonly string[]; lifetimeSeconds?: number }): string;
  /** Makes every access token issued so far worthless. */
  expireTokens(): void;
  /** Ends every open connection, also those that wait for an answer. */
  close(): Promise<void>;
}

/** Serves a drive on the loopback interface, as Google serves Drive v3 and its OAuth endpoints. */
export async function startDriveEmulator(
  drive: DriveModel,
  options: SandboxOptions = {},
): Promise<DriveEmulator> {
  // Real time, not the model's: client libraries sign and compare with the machine's clock.
  const oauth = new OAuth(options.oauth ?? {}, () => Date.now());
  const behavior: Behavior = {
    partialOrQueries: true,
    missingFolder: 'empty',
    shortPages: [],
    ...options.behavior,
  };
  const library = { drive, behavior, pageSizes: new PageSizes(behavior) };
  const desk: Desk = {
    library,
    oauth,
    calls: new Calls(),
    faults: new Faults(),
    closing: new AbortController(),
  };

  const server = createServer((request, response) => {
    serve(desk, request, response).catch((error: unknown) => response.destroy(error as Error));
  });
  await listen(server, options.port ?? 0);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    tokenUrl: `${url}/token`,
    drive,
    calls: desk.calls,
    faults: desk.faults,
    behavior,
    issueToken: (grant) => oauth.issue(grant),
    expireTokens: () => oauth.expireAll(),
    close: () => {
      desk.closing.abort();
      return close(server);
    },
  };
}

interface Desk {
  readonly library: Library;
  readonly oauth: OAuth;
  readonly calls: Calls;
  readonly faults: Faults;
  readonly closing: AbortController;
}

async function serve(desk: Desk, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const call = toCall(desk, request);
  if (call === null) {
    await send(response, htmlAnswer(404, 'Not Found'), desk.calls);
    return;
  }
  await desk.faults.announce(call);
  const fault = desk.faults.take(call);
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'cut') {
    request.socket.destroy();
    return;
  }
  if (fault?.kind === 'slow') await wait(fault.ms, desk.closing.signal);
  if (fault?.kind === 'expireTokens') desk.oauth.expireAll();
  const answer = (fault && faultAnswer(fault)) ?? (await answerOf(desk, call, request, fault));
  if (desk.closing.signal.aborted) return;
  await send(response, answer, desk.calls, fault?.kind === 'half');
}

async function answerOf(
  desk: Desk,
  call: Call,
  request: IncomingMessage,
  fault: Fault | null,
): Promise<Answer> {
  try {
    if (call.method === 'oauth.token') {
      return jsonAnswer(200, desk.oauth.exchange(new URLSearchParams(await text(request))));
    }
    if (call.method === 'oauth.tokeninfo') {
      return jsonAnswer(200, desk.oauth.describe(request.headers.authorization, call.params));
    }
    if (call.method === 'oauth.auth') return consent(desk.oauth, call.params);
    desk.oauth.check(request.headers.authorization, call.method);
    if (call.method === 'files.download') {
      return download(visibleFile(desk.library, call), request.headers.range);
    }
    const value = answerCall(desk.library, call);
    const answer = jsonAnswer(200, fault === null ? value : spoil(value, fault));
    return fault?.kind === 'truncatedJson' ? truncate(answer) : answer;
  } catch (error) {
    return errorAnswer(error);
  }
}

/** A refusal of what was asked for is a page that the person sees; nobody is sent anywhere. */
function consent(oauth: OAuth, params: URLSearchParams): Answer {
  try {
    return redirect(oauth.ask(params));
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return htmlAnswer(error.code, `Access blocked: ${error.message} Error ${error.code}: ${error.error}`);
  }
}

const ROUTES: readonly (readonly [RegExp, Method])[] = [
  [/^\/drive\/v3\/files$/, 'files.list'],
  [/^\/drive\/v3\/files\/(?<id>[^/]+)$/, 'files.get'],
  [/^\/drive\/v3\/changes$/, 'changes.list'],
  [/^\/drive\/v3\/changes\/startPageToken$/, 'changes.getStartPageToken'],
  [/^\/drive\/v3\/about$/, 'about.get'],
  [/^\/drive\/v3\/drives\/(?<id>[^/]+)$/, 'drives.get'],
  [/^\/o\/oauth2\/v2\/auth$/, 'oauth.auth'],
  [/^\/tokeninfo$/, 'oauth.tokeninfo'],
];

/** Which call a request is, counted; null for a path or verb that the sandbox does not serve. */
function toCall(desk: Desk, request: IncomingMessage): Call | null {
  const url = new URL(request.url ?? '/', 'http://sandbox');
  const found = findMethod(request.method ?? '', url);
  if (found === null) return null;
  const [method, id] = found;
  desk.calls.add(method);
  const index = desk.calls.count(method);
  return { method, index, id, params: url.searchParams, headers: request.headers };
}

function findMethod(verb: string, url: URL): [Method, string | null] | null {
  if (verb === 'POST' && url.pathname === '/token') return ['oauth.token', null];
  if (verb === 'POST' && url.pathname === '/tokeninfo') return ['oauth.tokeninfo', null];
  if (verb !== 'GET') return null;
  for (const [pattern, method] of ROUTES) {
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
