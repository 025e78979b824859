/** What things are called. Every name carries its environment, so that environments can share a project. */
import type { EnvironmentName } from './environments.ts';

/** `catalog-sync-<environment>`, or with a part behind it. At most 30 characters where Google allows no more. */
export function nameOf(environment: EnvironmentName, part?: string): string {
  return part ? `catalog-sync-${environment}-${part}` : `catalog-sync-${environment}`;
}

/** The id of a service account: the part of its address before the `@`. */
export function accountId(environment: EnvironmentName, role: 'run' | 'build' | 'trigger'): string {
  return nameOf(environment, role);
}

/** The address of the service account that the deployed function runs as. */
export function runtimeAccountEmail(environment: EnvironmentName, project: string): string {
  return `${accountId(environment, 'run')}@${project}.iam.gserviceaccount.com`;
}

/** The labels of everything that takes labels: bills and lists can be filtered by them. */
export function labelsOf(environment: EnvironmentName): Record<string, string> {
  return { app: 'drive-catalog-sync', environment, managed_by: 'cdktf' };
}
