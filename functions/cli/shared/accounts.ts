/** The accounts and projects that advice names. */
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import { runtimeAccountEmail } from '../../../infra/settings/naming.ts';
import type { RunSettings } from '../../../infra/settings/run-settings.ts';

type Named = Pick<RunSettings, 'settings' | 'values'> & { environment: EnvironmentName };

/** The service account the deployed function runs as, which the deployment prints as well. */
export function runtimeAccount({ environment, values, settings }: Named): string {
  return runtimeAccountEmail(environment, values.PROJECT_ID ?? settings.projectId);
}

/** The project a service account belongs to, where its address tells. */
export function projectOfAccount(email: string): string | undefined {
  const [account = '', host = ''] = email.split('@');
  if (host === 'appspot.gserviceaccount.com') return account;
  return /^([a-z][a-z0-9-]+)\.iam\.gserviceaccount\.com$/.exec(host)?.[1];
}

/** The project whose Drive API and consent screen count: that of the client or account that asks. Id or number. */
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

/** Whom to share the folder with; undefined where that is a person we do not know. */
export function readerOf(subject: Named): string | undefined {
  const { driveIdentity: identity } = subject.settings;
  if (identity.kind === 'oauth') return undefined;
  return identity.kind === 'service-account' ? identity.clientEmail : runtimeAccount(subject);
}

/** Whom to grant access to Firestore. */
export function writerOf(subject: Named): string {
  const { catalogIdentity: identity } = subject.settings;
  return identity.kind === 'service-account' ? identity.clientEmail : runtimeAccount(subject);
}
