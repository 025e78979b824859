/** Checks access to Drive: a token, its scopes, and whether the Drive API is enabled. */
import { OAuth2Client } from 'google-auth-library';
import * as z from 'zod';
import { withTimeout } from '../../../sync/core/deadline.ts';
import { contentScope, metadataScope, neededScope } from '../../../sync/drive/connection.ts';
import { driveError, driveTimeout, malformedAnswer } from '../../../sync/drive/errors.ts';
import { driveAdvice } from '../advice.ts';
import type { Check, Subject } from '../check.ts';

const scopeRoot = 'https://www.googleapis.com/auth/';

export const driveToken: Check = {
  name: 'driveToken',
  needs: [],
  side: 'drive',
  async run(subject) {
    const { auth } = subject.driveConnection;
    const token = await call(subject, 'getting an access token', async () => await auth.getAccessToken());
    subject.found.accessToken = (typeof token === 'string' ? token : token?.token) ?? '';
    return { said: 'token obtained' };
  },
};

/** For each scope a run can need, the scopes that include it. */
const covers: Record<string, readonly string[]> = {
  [metadataScope]: ['drive.metadata.readonly', 'drive.metadata', 'drive.readonly', 'drive'],
  [contentScope]: ['drive.readonly', 'drive'],
};
/** Scopes for signing in, and for other things that this program does. */
const harmless = [
  'openid',
  'email',
  'profile',
  'userinfo.email',
  'userinfo.profile',
  'datastore',
  'cloud-platform',
];

const tokenInfo = z.object({ scopes: z.array(z.string()) });

export const driveScope: Check = {
  name: 'driveScope',
  needs: ['driveToken'],
  side: 'drive',
  async run(subject) {
    const { settings, found } = subject;
    const root = settings.googleApiRoot;
    const operation = 'reading the token scopes';
    const client = new OAuth2Client(root ? { endpoints: { tokenInfoUrl: `${root}/tokeninfo` } } : {});
    const response = await call(subject, operation, () => client.getTokenInfo(found.accessToken ?? ''));
    const info = tokenInfo.safeParse(response);
    if (!info.success) throw malformedAnswer(operation, 'the scope is missing');
    const granted = info.data.scopes.map((scope) => scope.replace(scopeRoot, ''));
    const needed = neededScope(settings.embeddedMetadata);
    const enough = covers[needed] ?? [];
    const shown = granted.join(', ') || 'none';
    if (!granted.some((scope) => enough.includes(scope)))
      return {
        status: 'todo',
        said: `the scope ${needed.replace(scopeRoot, '')} is missing (granted: ${shown})`,
        todo: driveAdvice('insufficientPermissions', subject),
      };
    const idle = granted.filter(
      (scope) => scope !== needed.replace(scopeRoot, '') && !harmless.includes(scope),
    );
    if (idle.length === 0) return { said: shown };
    const more = settings.embeddedMetadata === 'off' ? '' : ' (EMBEDDED_METADATA reads file content)';
    return {
      status: 'warning',
      said: `the token grants more access than needed: ${idle.join(', ')}`,
      todo: [
        `Only ${needed.replace(scopeRoot, '')} is used${more}. A token with fewer scopes does less harm if it leaks.`,
        ...(settings.driveIdentity.kind === 'oauth'
          ? [`Get one: npx catalog-sync auth --env ${subject.environment}`]
          : []),
      ],
    };
  },
};

export const driveApi: Check = {
  name: 'driveApi',
  needs: ['driveToken'],
  side: 'drive',
  async run({ drive }) {
    await drive.startPageToken(undefined);
    return { said: 'enabled and responding' };
  },
};

/** Makes one call to Google's token endpoint as a run would. */
function call<T>(
  { retry, deadline }: Pick<Subject, 'retry' | 'deadline'>,
  operation: string,
  request: () => Promise<T>,
): Promise<T> {
  const work = () =>
    request().catch((error) => {
      throw driveError(error, operation);
    });
  return retry(operation, () =>
    withTimeout(work, deadline, () => driveTimeout(operation, deadline.callTimeoutMs)),
  );
}
