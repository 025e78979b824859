/**
 * Policies that every stack must follow, checked at each synth: a violation fails `cdktf synth` with an error message.
 * They check the resources that will be deployed, regardless of which construct created them.
 *
 * Attach them to a stack: cdktf silently ignores them on an app.
 */
import { Annotations, Aspects, type IAspect, TerraformResource, type TerraformStack } from 'cdktf';
import type { IConstruct } from 'constructs';
import type { EnvironmentName } from './settings/environments.ts';
import { labelsOf } from './settings/naming.ts';

type Attributes = Record<string, unknown>;

interface Rule {
  /** Returns the error message, or undefined if the resource follows the rule. */
  check(type: string, attributes: Attributes, resource: TerraformResource): string | undefined;
}

/** Makes the synthesis of a stack fail if one of its resources violates a rule. */
export function applyPolicies(stack: TerraformStack, environment: EnvironmentName): void {
  const rules: Rule[] = [
    { check: forbidPublicMembers },
    { check: forbidBasicRoles },
    { check: forbidKeptSecrets },
    { check: forbidKeys },
    { check: requirePrivateBucket },
    { check: requireGuardedFunction },
    { check: (_type, attributes, resource) => requireLabels(environment, attributes, resource) },
    { check: (_type, attributes) => requireEnvironmentInName(environment, attributes) },
  ];
  Aspects.of(stack).add(new Policies(rules));
}

class Policies implements IAspect {
  private readonly rules: readonly Rule[];

  constructor(rules: readonly Rule[]) {
    this.rules = rules;
  }

  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node)) return;
    const attributes = attributesOf(node);
    for (const { check } of this.rules) {
      const message = check(node.terraformResourceType, attributes, node);
      if (message) Annotations.of(node).addError(message);
    }
  }
}

/** A resource's arguments as they will be synthesized. References to other resources are still tokens. */
function attributesOf(resource: TerraformResource): Attributes {
  const byName = Object.values(
    (resource.toTerraform() as { resource: Record<string, Record<string, Attributes>> }).resource,
  )[0];
  return Object.values(byName ?? {})[0] ?? {};
}

function forbidPublicMembers(_type: string, { member, members }: Attributes): string | undefined {
  const all = [member, members].flat();
  return all.includes('allUsers') || all.includes('allAuthenticatedUsers')
    ? 'This grant is public. Grant access only to the three service accounts of the stack.'
    : undefined;
}

function forbidBasicRoles(_type: string, { role }: Attributes): string | undefined {
  return typeof role === 'string' && /^roles\/(owner|editor|viewer)$/.test(role)
    ? `${role} gives access to everything in the project. Grant only the predefined role that is needed.`
    : undefined;
}

function forbidKeptSecrets(type: string, attributes: Attributes): string | undefined {
  if (type !== 'google_secret_manager_secret_version') return undefined;
  return attributes.secret_data === undefined && attributes.secret_data_wo !== undefined
    ? undefined
    : 'A secret value passed as secretData is stored in the plan and the state. Pass it as secretDataWo.';
}

function forbidKeys(type: string): string | undefined {
  return type === 'google_service_account_key' || type === 'google_storage_hmac_key'
    ? 'A key created by Terraform is stored in its state. Use the service account without a key.'
    : undefined;
}

function requirePrivateBucket(type: string, attributes: Attributes): string | undefined {
  if (type !== 'google_storage_bucket') return undefined;
  return attributes.uniform_bucket_level_access === true && attributes.public_access_prevention === 'enforced'
    ? undefined
    : 'A bucket must set uniformBucketLevelAccess: true and publicAccessPrevention: enforced.';
}

function requireGuardedFunction(type: string, { service_config: config }: Attributes): string | undefined {
  if (type !== 'google_cloudfunctions2_function') return undefined;
  const { ingress_settings, max_instance_count, service_account_email } = (config ?? {}) as Attributes;
  return ingress_settings === 'ALLOW_INTERNAL_ONLY' && max_instance_count === 1 && service_account_email
    ? undefined
    : 'A function must allow internal ingress only, run at most one instance, and have its own service account.';
}

function requireLabels(
  environment: EnvironmentName,
  attributes: Attributes,
  resource: TerraformResource,
): string | undefined {
  // If a type has user_labels, its `labels` are something else (for a notification channel: its address).
  const argument = 'userLabels' in resource ? 'user_labels' : 'labels' in resource ? 'labels' : undefined;
  if (!argument) return undefined;
  const labels = (attributes[argument] ?? {}) as Record<string, string>;
  const missing = Object.entries(labelsOf(environment)).filter(([key, value]) => labels[key] !== value);
  return missing.length === 0
    ? undefined
    : `Missing or wrong labels: ${missing.map(([key]) => key).join(', ')}. Use labelsOf (settings/naming.ts): bills and resource lists are filtered by these labels.`;
}

/** Arguments that name a resource within its project. Two environments in one project must not share a name. */
const nameArguments = ['name', 'account_id', 'secret_id', 'repository_id'] as const;

function requireEnvironmentInName(environment: EnvironmentName, attributes: Attributes): string | undefined {
  // These are not named by environment: a grant and a bucket object refer to the resource they belong to, and the
  // name of the Firestore database is a setting.
  if ('member' in attributes || 'bucket' in attributes || 'location_id' in attributes) return undefined;
  const bad = nameArguments.find((argument) => {
    const value = attributes[argument];
    return typeof value === 'string' && !value.includes(environment);
  });
  return bad
    ? `The ${bad} does not contain "${environment}": two environments in one project would use the same name. Use nameOf (settings/naming.ts).`
    : undefined;
}
