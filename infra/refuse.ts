/** What keeps a command from being carried out, in one message, before anything is contacted. */
import type { Plan } from './app.ts';
import { type Command, resolveStacks } from './command.ts';
import { envFileName } from './settings/env-file.ts';
import { type EnvironmentName, environmentNames } from './settings/environments.ts';
import { passesSecrets } from './terraform/path.ts';

/**
 * The message to stop with, or undefined where the command may go on.
 *
 * @param command what cdktf was asked for, where that could be seen
 * @param variables the environment variables that cdktf runs with
 */
export function refuse(
  command: Command | undefined,
  plans: Record<EnvironmentName, Pick<Plan, 'environment' | 'problems'>>,
  variables: Record<string, string | undefined>,
): string | undefined {
  if (!command) return undefined;
  const { asked, unknown } = resolveStacks(command);
  if (unknown.length > 0)
    return `There is no environment ${unknown.join(', ')}. The environments are ${environmentNames.join(', ')}.`;
  const incomplete = asked.map((name) => plans[name]).filter(({ problems }) => problems.length > 0);
  if (incomplete.length > 0) return incomplete.map(describeProblems).join('\n\n');
  if (asked.length > 0 && !passesSecrets(variables))
    return `Terraform would not get the secrets. Run \`npm ci\` once, and this command as \`npx cdktf ${command.verb} ${command.stacks.join(' ')}\`.`;
  return undefined;
}

/** The list of an environment's problems, with the file they belong in. */
export function describeProblems({ environment, problems }: Pick<Plan, 'environment' | 'problems'>): string {
  const list = problems.map((problem) => `\n  - ${problem}`).join('');
  return `${environment.name} cannot be deployed; ${envFileName(environment)} has ${
    problems.length === 1 ? 'a problem' : `${problems.length} problems`
  }:${list}\n.env.example explains every name.`;
}
