/**
 * Rules that every stack keeps, checked at each synth: a change that breaks one fails `cdktf synth` with a
 * sentence. They look at what will be deployed, whatever construct made it.
 *
 * Attach them to a stack: on an app, cdktf silently ignores them.
 */
import { Annotations, Aspects, type IAspect, TerraformResource, type TerraformStack } from 'cdktf';
import type { IConstruct } from 'constructs';
import type { EnvironmentName } from './settings/environments.ts';
import { labelsOf } from './settings/naming.ts';

type Attributes = Record<string, unknown>;

interface Rule {
  /** The sentence for whoever broke it, or undefined where the resource keeps it. */
  check(type: string, attributes: Attributes, resource: TerraformResource): string | undefined;
}

/** Makes a stack refuse to be synthesised where a resource breaks a rule. */
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
      const sentence = check(node.terraformResourceType, attributes, node);
      if (sentence) Annotations.of(node).addError(sentence);
    }
  }
}

/** A resource's arguments as they will be synthesised; references to other resources are still tokens. */
function attributesOf(resource: TerraformResource): Attributes {
  const byName = Object.values(
    (resource.toTerraform() as { resource: Record<string, Record<string, Attributes>> }).resource,
  )[0];
  return Object.values(byName ?? {})[0] ?? {};
}

function forbidPublicMembers(_type: string, { member, members }: Attributes): string | undefined {
  const all = [member, members].flat();
  return all.includes('allUsers') || all.includes('allAuthenticatedUsers')
    ? 'This grant is open to the world. Nobody but the three service accounts of the stack gets anything.'
    : undefined;
}

function forbidBasicRoles(_type: string, { role }: Attributes): string | undefined {
  return typeof role === 'string' && /^roles\/(owner|editor|viewer)$/.test(role)
    ? `${role} reaches everything in the project. Grant the one predefined role that is needed.`
    : undefined;
}

function forbidKeptSecrets(type: string, attributes: Attributes): string | undefined {
  if (type !== 'google_secret_manager_secret_version') return undefined;
  return attributes.secret_data === undefined && attributes.secret_data_wo !== undefined
    ? undefined
    : 'A secret value given as secret_data stands in the plan and the state. Give it as secretDataWo.';
}

function forbidKeys(type: string): string | undefined {
  return type === 'google_service_account_key' || type === 'google_storage_hmac_key'
    ? 'A key made by Terraform stands in its state. Use the service account itself.'
    : undefined;
}

function requirePrivateBucket(type: string, attributes: Attributes): string | undefined {
  if (type !== 'google_storage_bucket') return undefined;
  return attributes.uniform_bucket_level_access === true && attributes.public_access_prevention === 'enforced'
    ? undefined
    : 'A bucket needs uniformBucketLevelAccess and publicAccessPrevention: enforced.';
}

function requireGuardedFunction(type: string, { service_config: config }: Attributes): string | undefined {
  if (type !== 'google_cloudfunctions2_function') return undefined;
  const { ingress_settings, max_instance_count, service_account_email } = (config ?? {}) as Attributes;
  return ingress_settings === 'ALLOW_INTERNAL_ONLY' && max_instance_count === 1 && service_account_email
    ? undefined
    : 'A function needs internal ingress, one instance at most, and a service account of its own.';
}

function requireLabels(
  environment: EnvironmentName,
  attributes: Attributes,
  resource: TerraformResource,
): string | undefined {
  // Where a type has user_labels, its `labels` are something else (a channel's address).
  const argument = 'userLabels' in resource ? 'user_labels' : 'labels' in resource ? 'labels' : undefined;
  if (!argument) return undefined;
  const labels = (attributes[argument] ?? {}) as Record<string, string>;
  const missing = Object.entries(labelsOf(environment)).filter(([key, value]) => labels[key] !== value);
  return missing.length === 0
    ? undefined
    : `The labels ${missing.map(([key]) => key).join(', ')} are missing: bills and lists are filtered by them.`;
}

/** Arguments that name a resource within its project; two environments in one project must not meet there. */
const nameArguments = ['name', 'account_id', 'secret_id', 'repository_id'] as const;

function requireEnvironmentInName(environment: EnvironmentName, attributes: Attributes): string | undefined {
  // A grant or an object names what it belongs to.
  if ('member' in attributes || 'bucket' in attributes || 'location_id' in attributes) return undefined;
  const bad = nameArguments.find((argument) => {
    const value = attributes[argument];
    return typeof value === 'string' && !value.includes(environment);
  });
  return bad
    ? `The ${bad} does not say ${environment}: in a project with two environments they would meet.`
    : undefined;
}
