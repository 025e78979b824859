/** Determines the service accounts and projects that the commands name in their advice. */
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import { runtimeAccountEmail } from '../../../infra/settings/naming.ts';
import type { RunSettings } from '../../../infra/settings/run-settings.ts';

type Named = Pick<RunSettings, 'settings' | 'values'> & { environment: EnvironmentName };

/** Returns the service account that the deployed function runs as. The deployment prints it too. */
export function runtimeAccount({ environment, values, settings }: Named): string {
  return runtimeAccountEmail(environment, values.PROJECT_ID ?? settings.projectId);
}

/** Returns the project of a service account, or undefined if its address does not contain it. */
export function projectOfAccount(email: string): string | undefined {
  const [account = '', host = ''] = email.split('@');
  if (host === 'appspot.gserviceaccount.com') return account;
  return /^([a-z][a-z0-9-]+)\.iam\.gserviceaccount\.com$/.exec(host)?.[1];
}

/** Returns the project (ID or number) of the OAuth client or service account: its Drive API and consent screen apply. */
export function driveProject({ settings, values }: Named): string {
  const { driveIdentity: identity, projectId } = settings;
  const other = values.PROJECT_ID ?? projectId;
  switch (identity.kind) {
    case 'oauth':
      return /^(\d+)-/.exec(identity.clientId)?.[1] ?? other;
    case 'service-account':
      return projectOfAccount(identity.clientEmail) ?? other;
    case 'keyless':
      return other;
  }
}

/** Returns the service account to share the folder with, or undefined for OAuth, where the person is unknown. */
export function readerOf(subject: Named): string | undefined {
  const { driveIdentity: identity } = subject.settings;
  if (identity.kind === 'oauth') return undefined;
  return identity.kind === 'service-account' ? identity.clientEmail : runtimeAccount(subject);
}

/** Returns the service account that needs access to Firestore. */
export function writerOf(subject: Named): string {
  const { catalogIdentity: identity } = subject.settings;
  return identity.kind === 'service-account' ? identity.clientEmail : runtimeAccount(subject);
}
