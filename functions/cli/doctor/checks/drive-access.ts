/** May we in at all: a token, what it allows, and a Drive API that is on. */
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
    const token = await ask(subject, 'asking for a token', async () => await auth.getAccessToken());
    subject.found.accessToken = (typeof token === 'string' ? token : token?.token) ?? '';
    return { said: 'Google gives one' };
  },
};

/** What these are able to, a token of ours is able to as well. */
const covers: Record<string, readonly string[]> = {
  [metadataScope]: ['drive.metadata.readonly', 'drive.metadata', 'drive.readonly', 'drive'],
  [contentScope]: ['drive.readonly', 'drive'],
};
/** Of who somebody is, and of the other things this program does. */
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
    const operation = 'asking what the token is for';
    const client = new OAuth2Client(root ? { endpoints: { tokenInfoUrl: `${root}/tokeninfo` } } : {});
    const answer = await ask(subject, operation, () => client.getTokenInfo(found.accessToken ?? ''));
    const info = tokenInfo.safeParse(answer);
    if (!info.success) throw malformedAnswer(operation, 'without scope');
    const granted = info.data.scopes.map((scope) => scope.replace(scopeRoot, ''));
    const needed = neededScope(settings.embeddedMetadata);
    const enough = covers[needed] ?? [];
    const shown = granted.join(', ') || 'nothing';
    if (!granted.some((scope) => enough.includes(scope)))
      return {
        status: 'todo',
        said: `the token is for ${shown}; needed is ${needed.replace(scopeRoot, '')}`,
        todo: driveAdvice('insufficientPermissions', subject),
      };
    const idle = granted.filter(
      (scope) => scope !== needed.replace(scopeRoot, '') && !harmless.includes(scope),
    );
    if (idle.length === 0) return { said: shown };
    const more = settings.embeddedMetadata === 'off' ? '' : ' (EMBEDDED_METADATA reads content)';
    return {
      status: 'warning',
      said: `the token is for more than is needed: ${idle.join(', ')}`,
      todo: [
        `Only ${needed.replace(scopeRoot, '')} is used${more}. A narrower token is safer to lose.`,
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
    return { said: 'on, and it answers' };
  },
};

/** One question to Google's token endpoint, as a run would put it. */
function ask<T>(
  { retry, deadline }: Pick<Subject, 'retry' | 'deadline'>,
  operation: string,
  question: () => Promise<T>,
): Promise<T> {
  const work = () =>
    question().catch((error) => {
      throw driveError(error, operation);
    });
  return retry(operation, () =>
    withTimeout(work, deadline, () => driveTimeout(operation, deadline.callTimeoutMs)),
  );
}
