/** The exit codes of all commands, for scripts that call them. Documented in docs/commands.md. */
export const exitCodes = {
  /** Success. No action is needed. */
  ok: 0,
  /** The command failed. The last lines of its output say why and what to do. */
  failed: 1,
  /** The arguments or the settings in `.env.<environment>` are invalid. No service was called. */
  usage: 2,
  /** The command finished, but a person has to decide or fix something: held removals, a failed check. */
  attention: 3,
  /** Interrupted by Ctrl-C or a signal. What was committed stays, and the next run continues from there. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
