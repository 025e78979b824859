/** Resource names. Every name contains its environment, so that environments can share a project. */
import type { EnvironmentName } from './environments.ts';

/** `catalog-sync-<environment>`, optionally with a suffix. At most 30 characters for resources with that limit. */
export function nameOf(environment: EnvironmentName, part?: string): string {
  return part ? `catalog-sync-${environment}-${part}` : `catalog-sync-${environment}`;
}

/** The id of a service account: the part of its email address before the `@`. */
export function accountId(environment: EnvironmentName, role: 'run' | 'build' | 'trigger'): string {
  return nameOf(environment, role);
}

/** The email address of the service account that the deployed function runs as. */
export function runtimeAccountEmail(environment: EnvironmentName, project: string): string {
  return `${accountId(environment, 'run')}@${project}.iam.gserviceaccount.com`;
}

/** The labels of every resource that can have labels. Bills and resource lists can be filtered by them. */
export function labelsOf(environment: EnvironmentName): Record<string, string> {
  return { app: 'drive-catalog-sync', environment, managed_by: 'cdktf' };
}
