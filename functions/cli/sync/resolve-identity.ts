/** Determines which identity reads Drive if the settings leave that to the machine (`IDENTITY=keyless`). */
import { GoogleAuth } from 'google-auth-library';
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import type { RunSettings } from '../../../infra/settings/run-settings.ts';
import type { Settings } from '../../sync/core/config.ts';
import { runtimeAccount } from '../shared/accounts.ts';

/**
 * Returns the settings of a run on this machine. The changes feed belongs to one Drive user, so a run under another
 * identity must not use the page token of the deployed function, nor leave it one of its own. Such a run gets another
 * fingerprint, which makes both this run and the next deployed run reconcile.
 */
export async function resolveIdentity(environment: EnvironmentName, run: RunSettings): Promise<Settings> {
  const { settings } = run;
  if (settings.driveIdentity.kind !== 'keyless') return settings;
  // If there are no credentials, the run reports that itself and says what to do.
  const found = await new GoogleAuth().getCredentials().catch(() => undefined);
  if (!found || found.client_email === runtimeAccount({ environment, ...run })) return settings;
  return { ...settings, driveIdentity: { kind: 'keyless', as: found.client_email ?? 'a person' } };
}
