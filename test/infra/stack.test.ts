/** Checks properties that hold across a stack's resources, in the files that are passed to Terraform. */
import { beforeAll, describe, expect, test } from 'vitest';
import { deployedNames, readSettings, secretNames } from '../../functions/sync/core/config.ts';
import { readEvent } from '../../functions/sync/trigger/event.ts';
import { environmentNames, environments, identities, platform } from '../../infra/settings/environments.ts';
import { runtimeAccountEmail } from '../../infra/settings/naming.ts';
import { secretsOf } from '../../infra/settings/secrets.ts';
import {
  type Attributes,
  allPrerequisites,
  everywhere,
  type Resource,
  readTree,
  type Stack,
  settings,
  synthesizeWith,
} from './synthesized.ts';

type Synthesized = Awaited<ReturnType<typeof synthesizeWith>>;
const by = {} as Record<(typeof identities)[number], Synthesized>;

beforeAll(async () => {
  for (const identity of identities) by[identity] = await synthesizeWith(everywhere(settings[identity]));
});

function functionOf(stack: Stack): { resource: Resource; service: Attributes } {
  const resource = stack.only('google_cloudfunctions2_function');
  return { resource, service: resource.attributes.service_config as Attributes };
}

/** The grants of a stack: which account has which role on what. */
function grantsOf(stack: Stack): string[] {
  const accounts = stack.ofType('google_service_account');
  const nameOf = (member: string) =>
    accounts.find(({ address }) => member.includes(`${address}.`))?.attributes.account_id ?? member;
  return stack.resources
    .filter(({ attributes }) => 'member' in attributes)
    .map(({ type, attributes }) => {
      const where = type.replace(/^google_(.*)_iam_member$/, '$1');
      const project = type === 'google_project_iam_member' ? ` ${attributes.project}` : '';
      return `${nameOf(String(attributes.member))}: ${attributes.role} on ${where}${project}`;
    })
    .sort();
}

describe('each service account has exactly its roles', () => {
  const always = [
    'catalog-sync-dev-build: roles/artifactregistry.writer on artifact_registry_repository',
    'catalog-sync-dev-build: roles/logging.logWriter on project school-4711',
    'catalog-sync-dev-build: roles/storage.objectViewer on project school-4711',
    'catalog-sync-dev-run: roles/pubsub.publisher on pubsub_topic',
    'catalog-sync-dev-trigger: roles/run.invoker on cloud_run_v2_service',
  ];
  const perSecret = 'catalog-sync-dev-run: roles/secretmanager.secretAccessor on secret_manager_secret';
  const firestore = 'catalog-sync-dev-run: roles/datastore.user on project canary-catalog';

  test.each([
    ['oauth', [...always, ...Array(7).fill(perSecret)]],
    ['service-account', [...always, ...Array(4).fill(perSecret)]],
    ['keyless', [...always, firestore, perSecret, perSecret]],
  ] as const)('with the identity %s', (identity, expected) => {
    expect(grantsOf(by[identity].stacks.dev)).toEqual([...expected].sort());
  });

  test('with oauth and no key, the function’s own account has access to Firestore', async () => {
    const { FIREBASE_CLIENT_EMAIL: _email, FIREBASE_PRIVATE_KEY: _key, ...rest } = settings.oauth;
    const { stacks } = await synthesizeWith({ dev: rest });
    expect(grantsOf(stacks.dev)).toEqual([...always, firestore, ...Array(5).fill(perSecret)].sort());
  });

  test('no grant is public or gives access to the whole project', () => {
    for (const { stacks } of Object.values(by))
      for (const stack of Object.values(stacks))
        expect(JSON.stringify(stack.json)).not.toMatch(
          /allUsers|allAuthenticatedUsers|roles\/(owner|editor|viewer)"/,
        );
  });

  test('project-wide grants are limited by a condition', () => {
    const conditions = by.keyless.stacks.dev
      .ofType('google_project_iam_member')
      .filter(({ attributes }) => attributes.role !== 'roles/logging.logWriter')
      .map(({ attributes }) => (attributes.condition as Attributes).expression);
    expect(conditions).toEqual([
      expect.stringMatching(/startsWith\("projects\/_\/buckets\/.*startsWith\("projects\/_\/buckets\/gcf-v2/),
      'resource.name == "projects/canary-catalog/databases/(default)"',
    ]);
  });
});

describe('secrets', () => {
  test.each(identities)('%s: only the secrets of the identity exist', (identity) => {
    const { needed, optional } = secretsOf[identity];
    const ids = by[identity].stacks.prod
      .ofType('google_secret_manager_secret')
      .map(({ attributes }) => attributes.secret_id);
    expect(ids.sort()).toEqual([...needed, ...optional].map((name) => `catalog-sync-prod-${name}`).sort());
  });

  test.each(identities)('%s: no synthesized file contains a secret value', (identity) => {
    // A project id is not really secret: the grant on Firestore has to name it, but nothing else may.
    const files = readTree(by[identity].outdir);
    const known = Object.values(by[identity].stacks).flatMap((stack) =>
      stack
        .ofType('google_project_iam_member')
        .filter(({ attributes }) => attributes.role === 'roles/datastore.user'),
    );
    const values = secretNames.flatMap((name) => (settings[identity] as Record<string, string>)[name] ?? []);
    expect(files.size).toBeGreaterThan(5);
    for (const [path, content] of files)
      for (const value of values.flatMap((whole) => [
        whole,
        ...whole.split('\\n').filter((l) => l.length > 30),
      ])) {
        const text =
          known.length > 0 && value === 'canary-catalog' ? withoutGrant(content) : content.toString();
        expect(text.includes(value), `${value.slice(0, 12)}... in ${path}`).toBe(false);
      }
  });

  function withoutGrant(content: Buffer): string {
    return content
      .toString()
      .replaceAll('"project": "canary-catalog"', '')
      .replaceAll('projects/canary-catalog/databases/', '');
  }

  test.each(identities)('%s: values are ephemeral, write-only and rotate without downtime', (identity) => {
    const stack = by[identity].stacks.dev;
    const variables = stack.json.variable as Record<string, Attributes>;
    const versions = stack.ofType('google_secret_manager_secret_version');
    expect(versions.length).toBe(Object.keys(variables).length);
    for (const { attributes } of versions) {
      const name = /^\$\{var\.(\w+)\}$/.exec(String(attributes.secret_data_wo))?.[1] ?? '';
      expect(variables[name]).toMatchObject({ ephemeral: true, sensitive: true, nullable: false });
      // The empty default is rejected, so that a Terraform that did not get the value says what to do.
      expect(variables[name]).toMatchObject({
        default: '',
        validation: [{ condition: `\${var.${name} != ""}`, error_message: expect.stringContaining(name) }],
      });
      expect(attributes.secret_data_wo_version).toSatisfy((version: number) => version >= 1);
      expect(attributes).not.toHaveProperty('secret_data');
      expect(attributes.deletion_policy).toBe('DISABLE');
      expect(attributes.lifecycle).toEqual({ create_before_destroy: true });
    }
  });

  test.each(identities)(
    '%s: the function waits for the version and the grant of each secret that it reads',
    (identity) => {
      const stack = by[identity].stacks.dev;
      const { resource, service } = functionOf(stack);
      const waitsFor = allPrerequisites(resource, stack);
      const read = service.secret_environment_variables as Record<string, string>[];
      expect(read.length).toBeGreaterThan(0);
      for (const { key, secret, version } of read) {
        const owner = stack
          .ofType('google_secret_manager_secret')
          .find(({ attributes }) => attributes.secret_id === `catalog-sync-dev-${key}`);
        expect(secret).toBe(`\${${owner?.address}.secret_id}`);
        const value = stack
          .ofType('google_secret_manager_secret_version')
          .find(({ attributes }) => attributes.secret_data_wo === `\${var.${key}}`);
        expect(value?.attributes.secret).toBe(`\${${owner?.address}.id}`);
        expect(version).toBe(`\${${value?.address}.version}`);
        const grant = stack
          .ofType('google_secret_manager_secret_iam_member')
          .find(({ attributes }) => attributes.secret_id === `\${${owner?.address}.secret_id}`);
        expect([...waitsFor]).toEqual(expect.arrayContaining([value?.address, grant?.address]));
      }
    },
  );
});

describe('the function', () => {
  test.each(identities)('%s: gets exactly the variables that its settings define', (identity) => {
    const { service } = functionOf(by[identity].stacks.dev);
    const plain = service.environment_variables as Record<string, string>;
    const secret = (service.secret_environment_variables as { key: string }[]).map(({ key }) => key);
    expect(Object.keys(plain).sort()).toEqual([...deployedNames].sort());
    const { needed, optional } = secretsOf[identity];
    expect(secret.sort()).toEqual([...needed, ...optional].sort());
    if (identity === 'oauth') expect(secret.sort()).toEqual([...secretNames].sort());
  });

  test('accepts its variables', () => {
    const { service } = functionOf(by.keyless.stacks.dev);
    const topic = 'projects/school-4711/topics/catalog-sync-dev-ticks';
    const read = readSettings({
      ...settings.keyless,
      ...(service.environment_variables as Record<string, string>),
      CONTINUE_TOPIC: topic,
    });
    expect(read).toMatchObject({
      continueTopic: topic,
      collection: 'books',
      removals: 'mark',
      runSeconds: 480,
    });
  });

  test('publishes its continuation to the topic that triggers it', () => {
    for (const stack of Object.values(by.oauth.stacks)) {
      const topic = `\${${stack.only('google_pubsub_topic').address}.id}`;
      const { resource, service } = functionOf(stack);
      expect((service.environment_variables as Attributes).CONTINUE_TOPIC).toBe(topic);
      expect((resource.attributes.event_trigger as Attributes).pubsub_topic).toBe(topic);
      expect(
        (stack.only('google_cloud_scheduler_job').attributes.pubsub_target as Attributes).topic_name,
      ).toBe(topic);
    }
  });

  test('runs as one instance with internal ingress, and has separate accounts for running, building and calling', () => {
    for (const stack of Object.values(by.oauth.stacks)) {
      const { resource, service } = functionOf(stack);
      expect(service).toMatchObject({
        ingress_settings: 'ALLOW_INTERNAL_ONLY',
        max_instance_count: 1,
        max_instance_request_concurrency: 1,
        min_instance_count: 0,
        timeout_seconds: 540,
      });
      const build = resource.attributes.build_config as Attributes;
      const trigger = resource.attributes.event_trigger as Attributes;
      const accounts = [service.service_account_email, build.service_account, trigger.service_account_email];
      expect(accounts.every((account) => /google_service_account\./.test(String(account)))).toBe(true);
      expect(new Set(accounts.map((account) => String(account).replace(/\.(id|email)\}$/, ''))).size).toBe(3);
      // The API accepts only the full name of the build account.
      expect(build.service_account).toMatch(/\.id\}$/);
    }
  });

  test('is retried after a failure until the event is too old', () => {
    const { resource, service } = functionOf(by.oauth.stacks.prod);
    expect((resource.attributes.event_trigger as Attributes).retry_policy).toBe('RETRY_POLICY_RETRY');
    const variables = service.environment_variables as Record<string, string>;
    const age = Number(variables.EVENT_MAX_AGE_MINUTES);
    // Hourly: an event is retried until just before the next scheduled run, and at least once (10 minutes is the
    // longest delay between retries).
    expect(by.oauth.stacks.prod.only('google_cloud_scheduler_job').attributes.schedule).toBe('0 * * * *');
    expect(age).toBeGreaterThan(10);
    expect(age).toBeLessThan(60);
    // A run stops early enough to publish its continuation.
    expect(Number(variables.RUN_SECONDS)).toBeLessThanOrEqual(Number(service.timeout_seconds) - 60);
  });

  test('runs as the account that the command line names in its advice', () => {
    const stack = by.oauth.stacks.dev;
    const email = String(functionOf(stack).service.service_account_email);
    const account = stack
      .ofType('google_service_account')
      .find(({ address }) => email.includes(`${address}.`));
    const { project, account_id } = account?.attributes ?? {};
    expect(`${account_id}@${project}.iam.gserviceaccount.com`).toBe(
      runtimeAccountEmail('dev', String(project)),
    );
  });

  test('waits for the grants of the build account', () => {
    const stack = by.oauth.stacks.dev;
    const waitsFor = [...allPrerequisites(functionOf(stack).resource, stack)];
    const builder = stack.resources.filter(({ id }) => /^builds_(push|read|write)/.test(id));
    expect(builder.length).toBe(3);
    expect(waitsFor).toEqual(expect.arrayContaining(builder.map(({ address }) => address)));
  });

  test('grants the trigger account access to its Cloud Run service', () => {
    const stack = by.oauth.stacks.dev;
    const { attributes } = stack.only('google_cloud_run_v2_service_iam_member');
    expect(attributes.name).toBe(
      `\${basename(${functionOf(stack).resource.address}.service_config[0].service)}`,
    );
  });

  test('accepts the schedule’s message without warnings', () => {
    const { data } = by.oauth.stacks.dev.only('google_cloud_scheduler_job').attributes
      .pubsub_target as Attributes;
    const event = readEvent({ data: { message: { data, publishTime: '2026-01-01T00:00:00Z' } } });
    expect(event).toMatchObject({ warnings: [], request: { reconcile: false, approvedRemovals: undefined } });
  });

  test('uses a runtime that can be deployed', () => {
    const { runtime } = functionOf(by.oauth.stacks.dev).resource.attributes.build_config as Attributes;
    expect(['nodejs22', 'nodejs24']).toContain(runtime);
  });
});

describe('every resource', () => {
  test('that can have labels has them', () => {
    for (const [name, stack] of Object.entries(by.oauth.stacks)) {
      const labels = { app: 'drive-catalog-sync', environment: name, managed_by: 'cdktf' };
      const labeled = stack.resources.filter(
        ({ attributes }) => 'labels' in attributes || 'user_labels' in attributes,
      );
      for (const { attributes } of labeled)
        expect(attributes.user_labels ?? attributes.labels).toEqual(labels);
      // The types that can have labels. There are seven secrets, four alerts, and one of each other type.
      expect([...new Set(labeled.map(({ type }) => type))].sort()).toEqual([
        'google_artifact_registry_repository',
        'google_cloudfunctions2_function',
        'google_monitoring_alert_policy',
        'google_monitoring_notification_channel',
        'google_pubsub_topic',
        'google_secret_manager_secret',
        'google_storage_bucket',
      ]);
      expect(labeled.length).toBe(5 + 7 + 4);
    }
  });

  test('waits for the APIs', () => {
    const stack = by.oauth.stacks.dev;
    const wait = stack.resources.find(({ id }) => id.startsWith('apis_wait'));
    const services = stack.ofType('google_project_service');
    expect(services.every(({ attributes }) => attributes.disable_on_destroy === false)).toBe(true);
    expect(wait?.attributes.depends_on).toEqual(services.map(({ address }) => address));
    for (const resource of stack.resources)
      if (resource !== wait && resource.type !== 'google_project_service')
        expect(resource.attributes.depends_on).toContain(wait?.address);
  });

  test('has a name that is unique to its environment', () => {
    const names = environmentNames.map((environment) =>
      by.oauth.stacks[environment].resources
        .filter(
          ({ attributes, type }) => !('member' in attributes) && type !== 'google_storage_bucket_object',
        )
        .flatMap(({ attributes }) =>
          ['name', 'account_id', 'secret_id', 'repository_id', 'display_name'].flatMap((argument) => {
            const value = attributes[argument];
            return typeof value === 'string' && !value.startsWith('${') ? [value] : [];
          }),
        ),
    );
    expect(names[0]?.length).toBeGreaterThan(25);
    expect(new Set(names.flat()).size).toBe(names.flatMap((list) => [...new Set(list)]).length);
    // Google's limit for service account ids.
    for (const { attributes } of by.oauth.stacks.staging.ofType('google_service_account'))
      expect(String(attributes.account_id).length).toBeLessThanOrEqual(30);
  });

  test('can be planned in an empty project, because nothing is looked up', () => {
    for (const { stacks } of Object.values(by))
      for (const stack of Object.values(stacks)) expect(stack.json).not.toHaveProperty('data');
  });

  test('that cannot be recreated is protected in protected environments', () => {
    for (const name of environmentNames)
      for (const { attributes } of by.oauth.stacks[name].ofType('google_secret_manager_secret'))
        expect(attributes.deletion_protection).toBe(environments[name].protected);
    expect(environments.prod.protected).toBe(true);
  });

  test('that is a bucket is private', () => {
    expect(by.oauth.stacks.prod.only('google_storage_bucket').attributes).toMatchObject({
      uniform_bucket_level_access: true,
      public_access_prevention: 'enforced',
      versioning: { enabled: true },
    });
  });
});

describe('settings of an installation', () => {
  test('PAUSED defaults to true in dev and to false elsewhere, and can be set for each environment', async () => {
    const paused = (stack: Stack) => stack.only('google_cloud_scheduler_job').attributes.paused;
    const { stacks } = by.oauth;
    expect([paused(stacks.dev), paused(stacks.staging), paused(stacks.prod)]).toEqual([true, false, false]);
    const changed = await synthesizeWith({
      dev: { ...settings.keyless, PAUSED: 'false' },
      prod: { ...settings.keyless, PAUSED: 'true' },
    });
    expect([paused(changed.stacks.dev), paused(changed.stacks.prod)]).toEqual([false, true]);
  });

  test('TF_STATE_BUCKET stores the state in a bucket; without it, the state is a file next to the env file', async () => {
    const { stacks } = await synthesizeWith({
      dev: { ...settings.keyless, TF_STATE_BUCKET: 'school-state' },
    });
    const backend = (stack: Stack) => (stack.json.terraform as Attributes).backend;
    expect(backend(stacks.dev)).toEqual({ gcs: { bucket: 'school-state', prefix: 'catalog-sync-dev' } });
    expect(backend(by.oauth.stacks.dev)).toEqual({ local: { path: '../../../terraform.dev.tfstate' } });
  });

  test('CREATE_FIRESTORE=true creates a Firestore database that outlives the stack', async () => {
    expect(by.keyless.stacks.dev.ofType('google_firestore_database')).toEqual([]);
    const { stacks } = await synthesizeWith({
      dev: { ...settings.keyless, FIREBASE_PROJECT_ID: 'school-4711', CREATE_FIRESTORE: 'true' },
    });
    expect(stacks.dev.only('google_firestore_database').attributes).toMatchObject({
      name: '(default)',
      type: 'FIRESTORE_NATIVE',
      delete_protection_state: 'DELETE_PROTECTION_ENABLED',
      deletion_policy: 'ABANDON',
    });
  });

  test('the required Terraform version supports write-only arguments', () => {
    for (const stack of Object.values(by.oauth.stacks))
      expect((stack.json.terraform as Attributes).required_version).toBe('>= 1.11');
  });
});

test('the time limit of a run is below the platform’s', () => {
  expect(platform.runSeconds).toBeLessThan(platform.timeoutSeconds);
});
