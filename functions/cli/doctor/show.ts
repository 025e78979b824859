/** Formats findings: one line each for a person, one JSON object for a script. */
import type { EnvironmentName } from '../../../infra/settings/environments.ts';
import { oneLine } from '../../sync/core/redact.ts';
import { pc } from '../shared/colors.ts';
import { exitCodes } from '../shared/exit-codes.ts';
import { count } from '../shared/show.ts';
import { type Finding, titles } from './check.ts';

const marks: Record<Finding['status'], [text: string, color: (text: string) => string]> = {
  ok: ['ok', pc.green],
  warning: ['warning', pc.yellow],
  todo: ['failed', pc.red],
  unchecked: ['skipped', pc.dim],
};

const titleWidth = Math.max(...Object.values(titles).map((title) => title.length));

/** Formats one finding, with what to do below it. */
export function formatFinding({ check, status, said, todo }: Finding): string {
  const [mark, color] = marks[status];
  const line = `${color(mark.padEnd(8))}${titles[check].padEnd(titleWidth + 2)}${oneLine(said)}`;
  return [line, ...todo.map((step) => `${' '.repeat(10)}${oneLine(step)}`)].join('\n');
}

/** Summarizes all findings on one line. */
export function formatSummary(findings: readonly Finding[]): string {
  const countOf = (status: Finding['status']) =>
    findings.filter((finding) => finding.status === status).length;
  const warnings = countOf('warning');
  const noted = warnings === 0 ? '' : `, ${count(warnings, 'warning')}`;
  const todo = countOf('todo');
  if (todo === 0) return `Ready to run${noted}.`;
  const left = countOf('unchecked');
  return `${todo} failed${noted}${left === 0 ? '' : `, ${left} skipped`}. Fix the first problem, then run doctor again.`;
}

/** Formats findings for `--json`. Scripts may rely on the values of `check` and `status`, but not on the texts. */
export function toJson(environment: EnvironmentName, findings: readonly Finding[]): string {
  const named = findings.map(({ check, ...finding }) => ({ check, title: titles[check], ...finding }));
  return JSON.stringify(
    { environment, ok: exitCodeOfFindings(findings) === exitCodes.ok, checks: named },
    null,
    2,
  );
}

/** Returns the exit code of the command. Settings that cannot be used count as invalid usage. */
export function exitCodeOfFindings(findings: readonly Finding[]): number {
  const todo = findings.filter(({ status }) => status === 'todo');
  if (todo.length === 0) return exitCodes.ok;
  return todo.some(({ check }) => check === 'settings') ? exitCodes.usage : exitCodes.attention;
}
