import type { EnvironmentName } from '../../../infra/settings/environments.ts';

/** Returns the command that approves this many held removals or updates. */
export function approveCommand(
  environment: EnvironmentName,
  what: 'removals' | 'updates',
  count: number,
): string {
  return `npx catalog-sync sync --env ${environment} --approve-${what} ${count}`;
}
