/** Checks that each policy fails the synth with a message if a resource violates it, and only then. */
import { Cloudfunctions2Function } from '@cdktf/provider-google/lib/cloudfunctions2-function/index.js';
import { ProjectIamMember } from '@cdktf/provider-google/lib/project-iam-member/index.js';
import { GoogleProvider } from '@cdktf/provider-google/lib/provider/index.js';
import { PubsubTopic } from '@cdktf/provider-google/lib/pubsub-topic/index.js';
import { PubsubTopicIamMember } from '@cdktf/provider-google/lib/pubsub-topic-iam-member/index.js';
import { SecretManagerSecretVersion } from '@cdktf/provider-google/lib/secret-manager-secret-version/index.js';
import { ServiceAccountKey } from '@cdktf/provider-google/lib/service-account-key/index.js';
import { StorageBucket } from '@cdktf/provider-google/lib/storage-bucket/index.js';
import { App, TerraformStack } from 'cdktf';
import { expect, test } from 'vitest';
import { applyPolicies } from '../../infra/policies.ts';
import { labelsOf } from '../../infra/settings/naming.ts';
import { makeTempFolder } from './synthesized.ts';

const labels = labelsOf('dev');
const member = 'serviceAccount:somebody';

/** The error messages of synthesizing one resource. */
function messagesOf(add: (stack: TerraformStack) => void): string[] {
  const app = new App({ outdir: makeTempFolder(), stackTraces: false });
  const stack = new TerraformStack(app, 'dev');
  new GoogleProvider(stack, 'google', {});
  add(stack);
  applyPolicies(stack, 'dev');
  try {
    app.synth();
    return [];
  } catch (error) {
    return String(error)
      .split('\n')
      .filter((line) => line.includes('[dev/'));
  }
}

test.each<[string, (stack: TerraformStack) => void, RegExp]>([
  [
    'rejects a public grant',
    (stack) =>
      new PubsubTopicIamMember(stack, 'x', {
        topic: 't',
        role: 'roles/pubsub.publisher',
        member: 'allUsers',
      }),
    /This grant is public/,
  ],
  [
    'rejects a basic role',
    (stack) => new ProjectIamMember(stack, 'x', { project: 'p', role: 'roles/editor', member }),
    /roles\/editor gives access to everything/,
  ],
  [
    'rejects a secret value that Terraform stores',
    (stack) => new SecretManagerSecretVersion(stack, 'x', { secret: 's', secretData: 'value' }),
    /stored in the plan and the state/,
  ],
  [
    'rejects a service account key',
    (stack) => new ServiceAccountKey(stack, 'x', { serviceAccountId: 'a' }),
    /A key created by Terraform/,
  ],
  [
    'rejects a bucket that may be public',
    (stack) => new StorageBucket(stack, 'x', { name: 'b-dev', location: 'EU', labels }),
    /publicAccessPrevention/,
  ],
  [
    'rejects a function that anyone can call',
    (stack) =>
      new Cloudfunctions2Function(stack, 'x', {
        name: 'f-dev',
        location: 'r',
        labels,
        serviceConfig: { ingressSettings: 'ALLOW_ALL', maxInstanceCount: 1, serviceAccountEmail: 'a' },
      }),
    /internal ingress/,
  ],
  [
    'rejects missing labels',
    (stack) => new PubsubTopic(stack, 'x', { name: 't-dev', labels: { app: 'drive-catalog-sync' } }),
    /labels: environment, managed_by\./,
  ],
  [
    'rejects a name without the environment',
    (stack) => new PubsubTopic(stack, 'x', { name: 't', labels }),
    /does not contain "dev"/,
  ],
])('%s', (_what, add, expected) => {
  const messages = messagesOf(add);
  expect(messages).toHaveLength(1);
  expect(messages[0]).toMatch(expected);
});

test('accepts a resource that follows all policies', () => {
  expect(messagesOf((stack) => new PubsubTopic(stack, 'x', { name: 't-dev', labels }))).toEqual([]);
});
