/** Who asks Drive where the settings leave that to the machine (`IDENTITY=keyless`). */
import { GoogleAuth } from 'google-auth-library';
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import type { RunSettings } from '../../../infra/settings/run-settings.ts';
import type { Settings } from '../../sync/core/config.ts';
import { runtimeAccount } from '../shared/accounts.ts';

/**
 * The settings of a run on this machine. The changes feed belongs to one Drive user, so a run as somebody else may not go
 * on with the token of the deployed function, nor leave it one of its own: such a run has another fingerprint, and
 * then each of the two compares everything.
 */
export async function resolveIdentity(environment: EnvironmentName, run: RunSettings): Promise<Settings> {
  const { settings } = run;
  if (settings.driveIdentity.kind !== 'keyless') return settings;
  // Where there are no credentials the run itself says so, and what to do.
  const found = await new GoogleAuth().getCredentials().catch(() => undefined);
  if (!found || found.client_email === runtimeAccount({ environment, ...run })) return settings;
  return { ...settings, driveIdentity: { kind: 'keyless', as: found.client_email ?? 'a person' } };
}
