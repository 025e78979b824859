/** The CDKTF app: one stack per environment. main.ts runs it; the tests run it with their own targets. */
import { relative, resolve } from 'node:path';
import { App } from 'cdktf';
import type { Archive } from './bundle-archive.ts';
import { CatalogSyncStack } from './catalog-sync-stack.ts';
import { readTarget, type Target } from './settings/env-file.ts';
import {
  type Environment,
  type EnvironmentName,
  environmentNames,
  environments,
} from './settings/environments.ts';
import { secretsOf } from './settings/secrets.ts';

/** An environment, its deployment target, and the problems that prevent its deployment. */
export interface EnvironmentPlan {
  readonly environment: Environment;
  readonly target: Target;
  readonly problems: readonly string[];
}

/** Reads every environment's file. If a file is missing or incomplete, the environment's stack cannot be deployed. */
export function readPlans(root: string): Record<EnvironmentName, EnvironmentPlan> {
  const plans = environmentNames.map((name): [EnvironmentName, EnvironmentPlan] => {
    const environment = environments[name];
    const { target, problems } = readTarget(environment, root);
    return [
      name,
      target
        ? { environment, target, problems: [] }
        : { environment, target: placeholder(environment), problems },
    ];
  });
  return Object.fromEntries(plans) as Record<EnvironmentName, EnvironmentPlan>;
}

/**
 * Synthesizes all stacks.
 *
 * @param root the project's folder, where local state files are kept
 * @param outdir the output folder, usually `cdktf.out`
 */
export function synthesize(
  plans: Record<EnvironmentName, EnvironmentPlan>,
  archive: Archive,
  { root, outdir }: { root: string; outdir: string },
): void {
  // No stack traces: they would contain this machine's paths.
  const app = new App({ outdir, stackTraces: false });
  for (const { environment, target, problems } of Object.values(plans)) {
    const folder = resolve(outdir, 'stacks', environment.name);
    const wayToProject = relative(folder, resolve(root)).replaceAll('\\', '/') || '.';
    new CatalogSyncStack(app, { environment, target, archive, problems, wayToProject });
  }
  app.synth();
}

/** Placeholder values for an environment without a file, so that its stack can be synthesized. Never deployed. */
function placeholder(environment: Environment): Target {
  const { needed, optional } = secretsOf[environment.identity];
  return {
    project: 'project-id-is-missing',
    region: 'us-central1',
    identity: environment.identity,
    secrets: Object.fromEntries([...needed, ...optional].map((name) => [name, 1])),
    firestoreProject: undefined,
    function: {
      collection: 'books',
      stateCollection: 'sync_state',
      databaseId: '(default)',
      removals: 'mark',
      embeddedMetadata: 'off',
      writesPerSecond: 500,
      reconcileEveryHours: 24,
    },
    alertEmail: undefined,
    stateBucket: undefined,
    createFirestore: false,
    paused: environment.paused,
  };
}
