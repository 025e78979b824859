import type { Cloudfunctions2FunctionServiceConfigSecretEnvironmentVariables } from '@cdktf/provider-google/lib/cloudfunctions2-function/index.js';
import { SecretManagerSecret } from '@cdktf/provider-google/lib/secret-manager-secret/index.js';
import { SecretManagerSecretIamMember } from '@cdktf/provider-google/lib/secret-manager-secret-iam-member/index.js';
import { SecretManagerSecretVersion } from '@cdktf/provider-google/lib/secret-manager-secret-version/index.js';
import type { ServiceAccount } from '@cdktf/provider-google/lib/service-account/index.js';
import { type ITerraformDependable, TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';
import type { EnvironmentName } from '../settings/environments.ts';
import { labelsOf, nameOf } from '../settings/naming.ts';
import type { SecretName } from '../settings/secrets.ts';

interface Entry {
  readonly name: SecretName;
  readonly secret: SecretManagerSecret;
  readonly version: SecretManagerSecretVersion;
}

export interface SecretsProps {
  readonly project: string;
  readonly environment: EnvironmentName;
  /** The secrets that exist, each with the version number of its value (secret-version.ts). */
  readonly versions: Partial<Record<SecretName, number>>;
  readonly protected: boolean;
}

/**
 * The function's secrets.
 *
 * Terraform receives a value through an ephemeral variable (TF_VAR_<name>, set by terraform/pass-secrets.ts) and passes it on
 * through a write-only argument. It stores neither, so no synthesized file, plan or state contains the value.
 */
export class Secrets extends Construct {
  private readonly entries: Entry[];
  private readonly props: SecretsProps;

  constructor(scope: Construct, id: string, props: SecretsProps) {
    super(scope, id);
    this.props = props;
    this.entries = Object.entries(props.versions).map(([name, version]) =>
      this.createSecret(name as SecretName, version),
    );
  }

  /** Lets an account read each of these secrets, and no other secret in the project. */
  grantRead(account: ServiceAccount): ITerraformDependable[] {
    return this.entries.map(
      ({ name, secret }) =>
        new SecretManagerSecretIamMember(this, `read-${name}-${account.node.id}`, {
          project: this.props.project,
          secretId: secret.secretId,
          role: 'roles/secretmanager.secretAccessor',
          member: account.member,
        }),
    );
  }

  /** The secret versions, which must exist before anything can read them. */
  get versions(): ITerraformDependable[] {
    return this.entries.map(({ version }) => version);
  }

  /**
   * The secrets as environment variables of the function. Each refers to a specific version, so that a new value
   * creates a new revision of the function. With `latest`, a running instance would keep the old value.
   */
  get environmentVariables(): Cloudfunctions2FunctionServiceConfigSecretEnvironmentVariables[] {
    return this.entries.map(({ name, secret, version }) => ({
      key: name,
      projectId: this.props.project,
      secret: secret.secretId,
      version: version.version,
    }));
  }

  private createSecret(name: SecretName, valueVersion: number): Entry {
    const { project, environment } = this.props;
    const variable = secretVariable(this, name, environment);
    const secret = new SecretManagerSecret(this, name, {
      project,
      secretId: nameOf(environment, name),
      labels: labelsOf(environment),
      replication: { auto: {} },
      deletionProtection: this.props.protected,
    });
    const version = new SecretManagerSecretVersion(this, `${name}-version`, {
      secret: secret.id,
      secretDataWo: variable.stringValue,
      secretDataWoVersion: valueVersion,
      // On rotation, Terraform creates the new version, switches the function to it, and only then disables the old
      // one. The old version is not destroyed, so that a wrong new value can be rolled back.
      deletionPolicy: 'DISABLE',
      lifecycle: { createBeforeDestroy: true },
    });
    return { name, secret, version };
  }
}

/** The variable through which Terraform receives a secret's value. The empty default means that no value was given. */
export function secretVariable(
  scope: Construct,
  name: SecretName,
  environment: EnvironmentName,
): TerraformVariable {
  const variable = new TerraformVariable(scope, `${name}-value`, {
    type: 'string',
    description: `The value of the secret ${name}, from .env.${environment}`,
    sensitive: true,
    nullable: false,
    default: '',
  });
  variable.addValidation({
    condition: `\${var.${name} != ""}`,
    errorMessage: `Terraform did not get the value of ${name}, because it was not started by "npx cdktf" in this project. Run "npm ci" once, then "npx cdktf deploy ${environment}".`,
  });
  // The bare name, without the construct's path: Terraform reads the value from TF_VAR_<name>.
  variable.overrideLogicalId(name);
  // cdktf does not support `ephemeral`. Without it, `cdktf diff` would write the value to its plan file.
  variable.addOverride('ephemeral', true);
  return variable;
}
