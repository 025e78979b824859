/** How findings are shown: a line each for a person, one object for a script. */

import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import { oneLine } from '../../sync/core/printable.ts';
import { pc } from '../shared/colors.ts';
import { exitCodes } from '../shared/exit-codes.ts';
import { type Finding, titles } from './check.ts';

const marks: Record<Finding['status'], [text: string, colour: (text: string) => string]> = {
  ok: ['ok', pc.green],
  warning: ['warning', pc.yellow],
  todo: ['to do', pc.red],
  unchecked: ['-', pc.dim],
};

const titleWidth = Math.max(...Object.values(titles).map((title) => title.length));

/** One finding, and below it what to do. */
export function formatFinding({ check, status, said, todo }: Finding): string {
  const [mark, colour] = marks[status];
  const line = `${colour(mark.padEnd(8))}${titles[check].padEnd(titleWidth + 2)}${oneLine(said)}`;
  return [line, ...todo.map((step) => `${' '.repeat(10)}${oneLine(step)}`)].join('\n');
}

/** What all of it comes to, in one sentence. */
export function formatSummary(findings: readonly Finding[]): string {
  const count = (status: Finding['status']) => findings.filter((finding) => finding.status === status).length;
  const warnings = count('warning');
  const noted = warnings === 0 ? '' : `, ${warnings === 1 ? '1 warning' : `${warnings} warnings`}`;
  const todo = count('todo');
  if (todo === 0) return `A run can be made${noted}.`;
  const left = count('unchecked');
  return `${todo} to do${noted}${left === 0 ? '' : `, ${left} not checked`}. Mend the first one first, then ask again.`;
}

/** For `--json`. `check` and `status` are names to rely on, the texts are not. */
export function toJson(environment: EnvironmentName, findings: readonly Finding[]): string {
  const named = findings.map(({ check, ...finding }) => ({ check, title: titles[check], ...finding }));
  return JSON.stringify(
    { environment, ok: exitCodeOfFindings(findings) === exitCodes.ok, checks: named },
    null,
    2,
  );
}

/** How the command ends: settings that cannot be used are a matter of what was typed. */
export function exitCodeOfFindings(findings: readonly Finding[]): number {
  const todo = findings.filter(({ status }) => status === 'todo');
  if (todo.length === 0) return exitCodes.ok;
  return todo.some(({ check }) => check === 'settings') ? exitCodes.usage : exitCodes.attention;
}
