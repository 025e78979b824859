/** Each rule stops the synth with a sentence where something breaks it, and only there. */

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

/** The sentences that a synth of one resource ends with. */
function sentencesOf(add: (stack: TerraformStack) => void): string[] {
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
    'a public grant',
    (stack) =>
      new PubsubTopicIamMember(stack, 'x', {
        topic: 't',
        role: 'roles/pubsub.publisher',
        member: 'allUsers',
      }),
    /open to the world/,
  ],
  [
    'a basic role',
    (stack) => new ProjectIamMember(stack, 'x', { project: 'p', role: 'roles/editor', member }),
    /roles\/editor reaches everything/,
  ],
  [
    'a secret value that is kept',
    (stack) => new SecretManagerSecretVersion(stack, 'x', { secret: 's', secretData: 'value' }),
    /stands in the plan and the state/,
  ],
  [
    'a key',
    (stack) => new ServiceAccountKey(stack, 'x', { serviceAccountId: 'a' }),
    /A key made by Terraform/,
  ],
  [
    'an open bucket',
    (stack) => new StorageBucket(stack, 'x', { name: 'b-dev', location: 'EU', labels }),
    /publicAccessPrevention/,
  ],
  [
    'a function that anybody may call',
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
    'missing labels',
    (stack) => new PubsubTopic(stack, 'x', { name: 't-dev', labels: { app: 'drive-catalog-sync' } }),
    /labels environment, managed_by are missing/,
  ],
  [
    'a name without its environment',
    (stack) => new PubsubTopic(stack, 'x', { name: 't', labels }),
    /does not say dev/,
  ],
])('%s', (_what, add, expected) => {
  const sentences = sentencesOf(add);
  expect(sentences).toHaveLength(1);
  expect(sentences[0]).toMatch(expected);
});

test('nothing is said where all rules are kept', () => {
  expect(sentencesOf((stack) => new PubsubTopic(stack, 'x', { name: 't-dev', labels }))).toEqual([]);
});
