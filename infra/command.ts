/**
 * Which environments the command at hand is about.
 *
 * cdktf runs the app as a child process and tells it neither its own verb nor the stacks: every command
 * synthesises all of them. Yet only the environments of a `deploy` have to be complete, and what is missing must
 * be told before Terraform contacts anything. So the app looks at how its ancestors were called. Where that
 * fails, nothing is lost but the early message: an incomplete stack cannot be planned (constructs/not-ready.ts).
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { environmentNames } from './settings/environments.ts';

/** Verbs after which cdktf has Terraform contact something. */
const reachingVerbs = ['deploy', 'apply', 'diff', 'plan', 'destroy', 'watch'];

/** Options of those verbs that take a value, which must not be taken for a stack. */
const optionsWithValue =
  /^(-a|--app|-o|--output|--outputs-file|--parallelism|--terraform-parallelism|--var|--var-file|--log-level)$/;

export interface Command {
  readonly verb: string;
  /** What was asked for: the names of stacks, or patterns such as `*`. */
  readonly stacks: string[];
}

/** Finds `cdktf <verb> [stacks]` in an argument list. */
export function parseCommand(argv: readonly string[]): Command | undefined {
  const cdktf = argv.findIndex((argument) => /^(cdktf|cdktn)(\.js|\.cmd)?$/.test(basename(argument)));
  if (cdktf < 0) return undefined;
  const words = argv
    .slice(cdktf + 1)
    .filter(
      (argument, index, all) => !argument.startsWith('-') && !optionsWithValue.test(all[index - 1] ?? ''),
    );
  const [verb, ...stacks] = words;
  return verb && reachingVerbs.includes(verb) ? { verb, stacks } : undefined;
}

/** The environments that a command is about, and the names in it that are no environment's. */
export function resolveStacks({ stacks }: Command) {
  const matching = (pattern: string) => {
    const expression = new RegExp(`^${pattern.split('*').map(escapePattern).join('.*')}$`);
    return environmentNames.filter((name) => expression.test(name));
  };
  return {
    asked: environmentNames.filter((name) => stacks.some((pattern) => matching(pattern).includes(name))),
    unknown: stacks.filter((pattern) => matching(pattern).length === 0),
  };
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The command that this process runs under, if it can be seen. */
export function findCommand(pid: number = process.ppid): Command | undefined {
  for (let current = pid, generation = 0; current > 1 && generation < 12; generation += 1) {
    const found = inspectProcess(current);
    if (!found) return undefined;
    const command = parseCommand(found.argv);
    if (command) return command;
    current = found.parent;
  }
  return undefined;
}

/** How a process was called and by whom: from /proc where there is one, else from ps. */
function inspectProcess(pid: number): { argv: string[]; parent: number } | undefined {
  try {
    const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
    const parent = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return { argv, parent: Number(parent) };
  } catch {
    return inspectWithPs(pid);
  }
}

function inspectWithPs(pid: number): { argv: string[]; parent: number } | undefined {
  try {
    const line = execFileSync('ps', ['-ww', '-o', 'ppid=,args=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    const [parent, ...argv] = line.split(/\s+/);
    return { argv, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
