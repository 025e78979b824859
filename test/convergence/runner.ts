/** Plays many histories in parallel. If one fails, shrinks it and reports how to replay it. */
import * as fc from 'fast-check';
import type { FixtureOptions } from './fixture.ts';
import { defaultOneLargeIn, histories } from './generator.ts';
import { play } from './history.ts';
import type { History } from './operations.ts';
import { openStatistics, type Statistics } from './statistics.ts';

export interface RunnerOptions {
  runs: number;
  seed: number;
  /** Number of workers, which each play one history at a time. Each has its own seed: `seed`, `seed + 1`, ... */
  parallel: number;
  /** One history in this many starts with more books than fit in one commit. */
  oneLargeIn?: number;
  /** Replays only the history at this path of the seed, in one worker. */
  path?: string;
  /** Maximum number of killed runs that run in a child process. */
  childKills?: number;
  /** Reports the first history that fails without shrinking it. */
  asIs?: boolean;
  onHistory?: (statistics: Statistics) => void;
}

/**
 * Plays histories until one fails or all have passed.
 *
 * @returns the statistics of all histories; `failure` is the shortest failing history found, its error, and the
 *   command that replays it
 */
export async function runHistories(
  options: RunnerOptions,
): Promise<{ statistics: Statistics; failure: string | undefined }> {
  const { runs, seed, parallel, path, onHistory } = options;
  const statistics = openStatistics();
  let childKills = options.childKills ?? 0;
  const fixtureOptions: FixtureOptions = { takeChildKill: () => childKills > 0 && childKills-- > 0 };
  let failure: string | undefined;

  const property = (worker: number) =>
    fc.asyncProperty(histories(options.oneLargeIn), async (history) => {
      // After one worker has failed, the others skip the rest of their histories. Only one failure is reported.
      if (failing !== undefined && failing !== worker) return;
      try {
        await play(history, statistics, fixtureOptions);
      } catch (error) {
        failing ??= worker;
        passedBefore ??= statistics.histories;
        if (failing !== worker) return;
        throw error;
      }
      onHistory?.(statistics);
    });
  let failing: number | undefined;
  let passedBefore: number | undefined;

  const workers = path === undefined ? parallel : 1;
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      const result = await fc.check(property(worker), {
        seed: seed + worker,
        numRuns: Math.ceil(runs / workers),
        endOnFailure: options.asIs ?? false,
        ...(path === undefined ? {} : { path }),
      });
      if (result.failed) failure ??= describeFailure(result, options, seed + worker, passedBefore ?? 0);
    }),
  );
  return { statistics, failure };
}

function describeFailure(
  result: fc.RunDetails<[History]>,
  { oneLargeIn }: RunnerOptions,
  seed: number,
  passedBefore: number,
): string {
  const message =
    result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
  // The frequency of large libraries affects which history a path stands for, so a replay needs the same value.
  const large = (oneLargeIn ?? defaultOneLargeIn) === defaultOneLargeIn ? '' : ` --large ${oneLargeIn}`;
  return [
    `The catalog diverged from the model (${passedBefore} histories passed before; shrunk ${result.numShrinks} times).`,
    message,
    `Replay: npm run test:convergence -- --seed ${seed} --path ${result.counterexamplePath}${large}`,
  ].join('\n');
}
