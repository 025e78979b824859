/** How every command ends, for the scripts that call it. Documented in docs/commands.md. */
export const exitCodes = {
  /** Done, and all is well. */
  ok: 0,
  /** It was tried and did not succeed; the last lines say why and what to do. */
  failed: 1,
  /** What was typed, or what stands in `.env.<environment>`, is wrong; nothing was contacted. */
  usage: 2,
  /** Done, but a person has to decide or mend something: held removals, a check that failed. */
  attention: 3,
  /** Ended by Ctrl-C or a signal; what was committed stays, and the next run goes on. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
