import type { EmbeddedMode } from '../../functions/sync/core/book.ts';

export const environmentNames = ['dev', 'staging', 'prod'] as const;
export type EnvironmentName = (typeof environmentNames)[number];

/**
 * Who the function is towards Drive, and so which secrets exist (DESIGN.md section 6).
 *
 * - `oauth`: a person's Drive, read with that person's refresh token.
 * - `service-account`: the key of a service account the folder is shared with.
 * - `keyless`: the function's own service account, shared with like a person. No key, nothing that expires.
 */
export const identities = ['oauth', 'service-account', 'keyless'] as const;
export type Identity = (typeof identities)[number];

export interface Environment {
  readonly name: EnvironmentName;
  /** Used where `.env.<environment>` gives no IDENTITY. */
  readonly identity: Identity;
  /** True where a deployed schedule stands still until PAUSED=false is set. */
  readonly paused: boolean;
  /** The function's memory. The CPU share follows from it. */
  readonly memory: string;
  /**
   * Used where `.env.<environment>` gives no EMBEDDED_METADATA and the identity's scope is ours to ask for. With
   * `oauth` the refresh token brings its scopes, which as a rule are too narrow, and content is left alone.
   */
  readonly embeddedMetadata: EmbeddedMode;
  /** True where a deployment without ALERT_EMAIL is refused. */
  readonly alertEmailRequired: boolean;
  /** True where `cdktf destroy` must not take what cannot be made again from the sources. */
  readonly protected: boolean;
}

/** What no environment changes. */
export const platform = {
  /**
   * The newest runtime that the tools of this repository run on as well (the prebuilt pty of cdktf-cli ends at
   * Node 22), so that tests run on what is deployed. Can be deployed until 2027-10; `nodejs24` until 2028-10.
   * A deployed function goes on running after that date, but no new version of it can be deployed.
   */
  runtime: 'nodejs22',
  /** The most that an event-driven function gets. */
  timeoutSeconds: 540,
  /** A run hands over to a continuation a minute before the platform would kill it. */
  runSeconds: 480,
  /** Hourly, on the hour. */
  schedule: '0 * * * *',
  /** UTC has no hour that comes twice or not at all. */
  timeZone: 'Etc/UTC',
  /**
   * Retries of an event stop just before the next tick, which does their work: less than the schedule's
   * interval, more than the platform's longest wait between two deliveries (10 minutes).
   */
  eventMaxAgeMinutes: 55,
} as const;

export const environments: Record<EnvironmentName, Environment> = {
  dev: {
    name: 'dev',
    identity: 'oauth',
    // A developer asks for a run when they want one; nobody reads an hourly failure mail of a half-made change.
    paused: true,
    // An idle run needs about 150 MB; a developer's library is small.
    memory: '512Mi',
    // Reading books wants more memory (docs/catalog.md), and a right nobody needs for trying things out.
    embeddedMetadata: 'off',
    alertEmailRequired: false,
    protected: false,
  },
  staging: {
    name: 'staging',
    identity: 'oauth',
    // As in prod: what is tried here is what will run there.
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
    // A reconcile of 100,000 books peaks below 400 MB; the rest is headroom for a library that grows for years.
    // The second half costs nothing at hourly runs: they stay inside the free tier (docs/deploy.md).
    memory: '1Gi',
    // Where a name leaves a gap the book itself is asked: nobody has to correct what it knows.
    embeddedMetadata: 'fill',
    // An unattended system that stops with nobody told is the failure this project exists to prevent.
    alertEmailRequired: true,
    protected: true,
  },
};

/** True for the name of an environment. */
export function isEnvironmentName(name: string): name is EnvironmentName {
  return (environmentNames as readonly string[]).includes(name);
}
