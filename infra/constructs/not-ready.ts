import { TerraformVariable } from 'cdktf';
import { Construct } from 'constructs';

/**
 * Part of the stack of an environment whose `.env` file is missing or incomplete. Such a stack can be synthesized, so
 * that the commands of the other environments work. It cannot be planned or applied, because its values are
 * placeholders: Terraform stops at this variable and lists the problems.
 */
export class NotReady extends Construct {
  constructor(scope: Construct, id: string, props: { file: string; problems: readonly string[] }) {
    super(scope, id);
    const variable = new TerraformVariable(this, 'settings', {
      type: 'string',
      default: 'incomplete',
      description: 'Do not set this variable: complete the .env file instead.',
    });
    variable.overrideLogicalId('settings_are_incomplete');
    variable.addValidation({
      // Never true, whatever value is given. Terraform requires a condition to refer to its variable.
      condition: `\${var.settings_are_incomplete == null && var.settings_are_incomplete != null}`,
      errorMessage: `${props.file} is not complete: ${props.problems.join('; ')}.`,
    });
  }
}
