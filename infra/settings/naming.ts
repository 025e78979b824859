/** What things are called. Every name carries its environment, so that environments can share a project. */
import type { EnvironmentName } from './environments.ts';

/** `catalog-sync-<environment>`, or with a part behind it. At most 30 characters where Google allows no more. */
export function nameOf(environment: EnvironmentName, part?: string): string {
  return part ? `catalog-sync-${environment}-${part}` : `catalog-sync-${environment}`;
}

/** The labels of everything that takes labels: bills and lists can be filtered by them. */
export function labelsOf(environment: EnvironmentName): Record<string, string> {
  return { app: 'drive-catalog-sync', environment, managed_by: 'cdktf' };
}
