import type { EmbeddedMode } from '../../functions/sync/core/book.ts';

export const environmentNames = ['dev', 'staging', 'prod'] as const;
export type EnvironmentName = (typeof environmentNames)[number];

/**
 * The identity that the function uses for Drive. It determines which secrets exist.
 *
 * - `oauth`: a person's Drive, read with that person's refresh token.
 * - `service-account`: the key of a service account that the folder is shared with.
 * - `keyless`: the function's own service account, which the folder is shared with. No key, nothing that expires.
 */
export const identities = ['oauth', 'service-account', 'keyless'] as const;
export type Identity = (typeof identities)[number];

export interface Environment {
  readonly name: EnvironmentName;
  /** Used if `.env.<environment>` does not set IDENTITY. */
  readonly identity: Identity;
  /** True if the schedule is deployed paused, until PAUSED=false is set. */
  readonly paused: boolean;
  /** The function's memory, which also determines its share of CPU. */
  readonly memory: string;
  /**
   * Used if `.env.<environment>` does not set EMBEDDED_METADATA and the sync itself requests the scope. With `oauth`
   * the refresh token determines the scopes. They are usually too narrow to read content, so the default is then
   * `off`.
   */
  readonly embeddedMetadata: EmbeddedMode;
  /** True if a deployment without ALERT_EMAIL is refused. */
  readonly alertEmailRequired: boolean;
  /** True if `cdktf destroy` must not delete what cannot be recreated from the sources. */
  readonly protected: boolean;
}

/** Values that are the same in every environment. */
export const platform = {
  /**
   * The newest runtime that this repository's tools also run on (the prebuilt pty of cdktf-cli supports Node up to 22),
   * so that tests run on the deployed version. It can be deployed until 2027-10, `nodejs24` until 2028-10. A deployed
   * function keeps running after that date, but no new version of it can be deployed.
   */
  runtime: 'nodejs22',
  /** The maximum for an event-driven function. */
  timeoutSeconds: 540,
  /** A run hands over to its continuation one minute before the platform would kill it. */
  runSeconds: 480,
  /** Hourly, on the hour. */
  schedule: '0 * * * *',
  /** UTC has no daylight saving time, so no hour is skipped or repeated. */
  timeZone: 'Etc/UTC',
  /**
   * Retries of an event stop just before the next scheduled run, which does the same work. The value is less than the
   * schedule's interval and more than the platform's longest delay between two deliveries (10 minutes).
   */
  eventMaxAgeMinutes: 55,
} as const;

export const environments: Record<EnvironmentName, Environment> = {
  dev: {
    name: 'dev',
    identity: 'oauth',
    // Developers start a run when they want one, and nobody reads hourly failure emails about unfinished changes.
    paused: true,
    // An idle run needs about 150 MB, and a developer's library is small.
    memory: '512Mi',
    // Reading books needs more memory (docs/catalog.md) and a wider scope, which trying things out does not require.
    embeddedMetadata: 'off',
    alertEmailRequired: false,
    protected: false,
  },
  staging: {
    name: 'staging',
    identity: 'oauth',
    // The schedule and the memory are those of prod, so that the same runs are tried here first.
    paused: false,
    memory: '1Gi',
    embeddedMetadata: 'off',
    alertEmailRequired: false,
    protected: false,
  },
  prod: {
    name: 'prod',
    identity: 'oauth',
    paused: false,
    // A reconcile of 100,000 books peaks below 400 MB. The rest is headroom for a library that grows for years.
    // This headroom costs nothing, because hourly runs stay within the free tier (docs/deploy.md).
    memory: '1Gi',
    // What a file name does not say is read from the book itself, so that nobody has to correct it by hand.
    embeddedMetadata: 'fill',
    // An unattended system that stops without notifying anyone is the failure that this project exists to prevent.
    alertEmailRequired: true,
    protected: true,
  },
};

/** Whether a name is the name of an environment. */
export function isEnvironmentName(name: string): name is EnvironmentName {
  return (environmentNames as readonly string[]).includes(name);
}
