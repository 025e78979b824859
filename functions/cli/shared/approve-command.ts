import type { EnvironmentName } from '../../../infra/settings/environments.ts';

/** The command that lets so many removals or updates pass. */
export function approveCommand(
  environment: EnvironmentName,
  what: 'removals' | 'updates',
  count: number,
): string {
  return `npx catalog-sync sync --env ${environment} --approve-${what} ${count}`;
}
