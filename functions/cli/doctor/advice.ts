/**
 * Adds to the hint of each cause the commands and console pages that fix it in this environment.
 *
 * The tables must have an entry for every cause, or they do not compile.
 */
import type { catalogCauses } from '../../sync/catalog/causes.ts';
import type { SyncError } from '../../sync/core/errors.ts';
import { driveCauses } from '../../sync/drive/causes.ts';
import { neededScope } from '../../sync/drive/connection.ts';
import { driveProject, readerOf, writerOf } from '../shared/accounts.ts';
import type { Check, Subject } from './check.ts';

type Side = Check['side'];
type Named = Pick<Subject, 'environment' | 'settings' | 'values'>;
type Advice<Name extends string> = Record<Name, (subject: Named) => string[]>;

const consolePage = 'https://console.cloud.google.com';
const workspaceStatus = 'https://www.google.com/appsstatus/dashboard/';
const cloudStatus = 'https://status.cloud.google.com/';

const drive: Advice<keyof typeof driveCauses> = {
  invalid_grant: (subject) =>
    subject.settings.driveIdentity.kind === 'oauth'
      ? [
          `Check the publishing status of the consent screen: ${consolePage}/auth/audience?project=${driveProject(subject)}`,
          `Get a new token: ${authCommand(subject)}`,
        ]
      : [keysPage(driveProject(subject))],
  invalid_client: (subject) => [`${consolePage}/auth/clients?project=${driveProject(subject)}`],
  unauthorized_client: (subject) => [authCommand(subject)],
  refusedToken: renewal,
  noCredentials: (subject) => [
    `To use the service account of the deployed function on this machine: gcloud auth application-default login --impersonate-service-account=${readerOf(subject)}`,
  ],
  authError: renewal,
  accessNotConfigured: (subject) => [
    `gcloud services enable drive.googleapis.com --project=${driveProject(subject)}`,
    `${consolePage}/apis/library/drive.googleapis.com?project=${driveProject(subject)}`,
  ],
  insufficientPermissions: (subject) =>
    subject.settings.driveIdentity.kind === 'oauth'
      ? [authCommand(subject)]
      : [`Required scope: ${neededScope(subject.settings.embeddedMetadata)}`],
  insufficientFilePermissions: sharing,
  domainPolicy: () => [
    'In the Google Admin console, open Security > API controls: https://admin.google.com/ac/owl',
  ],
  dailyLimitExceeded: quotas,
  quotaExceeded: quotas,
  sharingRateLimitExceeded: () => [workspaceStatus],
  busy: (subject) => [...quotas(subject), workspaceStatus],
  rootNotFound: sharing,
  rootNotFolder: (subject) => [folderPage(subject)],
  rootTrashed: () => ['https://drive.google.com/drive/trash'],
  notFound: sharing,
  unexpected: () => [],
  malformedAnswer: () => [workspaceStatus],
  incomplete: (subject) => [folderPage(subject)],
  malformedEntry: (subject) => [folderPage(subject)],
  notMember: (subject) => [
    `Open ${folderPage(subject)}, click the name of the shared drive, select Manage members, and add ${readerOf(subject) ?? 'the account that granted the refresh token'} as a Viewer`,
  ],
  timeout: () => [workspaceStatus],
  network: reach,
  tls: () => ['openssl s_client -connect www.googleapis.com:443 -brief </dev/null'],
};

const catalog: Advice<keyof typeof catalogCauses> = {
  invalid_grant: ({ settings }) => [keysPage(settings.projectId)],
  noCredentials: (subject) => [
    `To use the service account of the deployed function on this machine: gcloud auth application-default login --impersonate-service-account=${writerOf(subject)}`,
  ],
  unauthenticated: ({ settings }) => [keysPage(settings.projectId)],
  apiDisabled: ({ settings }) => [
    `gcloud services enable firestore.googleapis.com --project=${settings.projectId}`,
    `${consolePage}/apis/library/firestore.googleapis.com?project=${settings.projectId}`,
  ],
  permissionDenied: (subject) => [
    `gcloud projects add-iam-policy-binding ${subject.settings.projectId} --member=serviceAccount:${writerOf(subject)} --role=roles/datastore.user --condition=None`,
    `${consolePage}/iam-admin/iam?project=${subject.settings.projectId}`,
  ],
  databaseNotFound: ({ settings, values }) => [
    `gcloud firestore databases create --project=${settings.projectId} --database='${settings.databaseId}' --location=${values.REGION ?? 'REGION'} --type=firestore-native`,
    databasesPage(settings.projectId),
  ],
  datastoreMode: ({ settings }) => [databasesPage(settings.projectId)],
  resourceExhausted: ({ settings }) => [
    `${consolePage}/firestore/databases/${encodeURIComponent(settings.databaseId)}/usage?project=${settings.projectId}`,
    `${consolePage}/billing/linkedaccount?project=${settings.projectId}`,
  ],
  busy: () => [cloudStatus],
  timeout: () => [cloudStatus],
  network: () => ['curl -sS -o /dev/null -w "%{http_code}\\n" https://firestore.googleapis.com/'],
  tls: () => ['openssl s_client -connect firestore.googleapis.com:443 -brief </dev/null'],
  unexpected: () => [],
};

/** Returns the commands and pages for an error, to be shown after the error's own hint. */
export function adviceOn(error: SyncError, side: Side, subject: Named): string[] {
  const advice: Partial<Advice<string>> = side === 'drive' ? drive : catalog;
  return Object.hasOwn(advice, error.causeName) ? (advice[error.causeName]?.(subject) ?? []) : [];
}

/** Returns the hint of a cause and its commands and pages, for a check that finds the cause without an error. */
export function driveAdvice(cause: keyof typeof driveCauses, subject: Named): string[] {
  return [driveCauses[cause].hint, ...drive[cause](subject)];
}

function authCommand({ environment }: Named): string {
  return `npx catalog-sync auth --env ${environment}`;
}

function renewal(subject: Named): string[] {
  const isOauth = subject.settings.driveIdentity.kind === 'oauth';
  return isOauth ? [authCommand(subject)] : [keysPage(driveProject(subject))];
}

function sharing(subject: Named): string[] {
  const reader = readerOf(subject);
  const whom = reader ? ` with ${reader} as a Viewer` : ' with the account that granted the refresh token';
  return [`${reader ? 'Share' : 'Open'} ${folderPage(subject)}${whom}`];
}

function folderPage({ settings }: Named): string {
  return `https://drive.google.com/drive/folders/${settings.folder.id}`;
}

function quotas(subject: Named): string[] {
  return [`${consolePage}/apis/api/drive.googleapis.com/quotas?project=${driveProject(subject)}`];
}

function keysPage(project: string): string {
  return `${consolePage}/iam-admin/serviceaccounts?project=${project}`;
}

function databasesPage(project: string): string {
  return `${consolePage}/firestore/databases?project=${project}`;
}

function reach(): string[] {
  return ['curl -sS -o /dev/null -w "%{http_code}\\n" https://www.googleapis.com/drive/v3/about'];
}
