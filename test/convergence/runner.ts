/** Many histories, several at a time; the shortest that fails, and how to play it again. */
import * as fc from 'fast-check';
import { histories, usuallyLarge } from './generator.ts';
import { play } from './history.ts';
import type { History } from './operations.ts';
import type { SchoolOptions } from './school.ts';
import { openStatistics, type Statistics } from './statistics.ts';

export interface RunnerOptions {
  runs: number;
  seed: number;
  /** Histories under way at once. Each lane has a seed of its own: `seed`, `seed + 1`, ... */
  lanes: number;
  /** Of so many histories, one has a library of more books than one commit takes. */
  oneLargeIn?: number;
  /** Plays the one history at this path of the seed again, in one lane. */
  path?: string;
  /** How many killed runs are to be processes of their own. */
  childKills?: number;
  /** Reports the first history that fails as it is. */
  asIs?: boolean;
  onHistory?: (statistics: Statistics) => void;
}

/**
 * Plays histories until one fails.
 *
 * @returns the statistics of all; `failure` is the shortest history found, its error, and the way to replay it
 */
export async function runHistories(
  options: RunnerOptions,
): Promise<{ statistics: Statistics; failure: string | undefined }> {
  const { runs, seed, lanes, path, onHistory } = options;
  const statistics = openStatistics();
  let childKills = options.childKills ?? 0;
  const schoolOptions: SchoolOptions = { takeChildKill: () => childKills > 0 && childKills-- > 0 };
  let failure: string | undefined;

  const property = (lane: number) =>
    fc.asyncProperty(histories(options.oneLargeIn), async (history) => {
      // Once a lane has failed the others end quickly; what they would find comes another time.
      if (failing !== undefined && failing !== lane) return;
      try {
        await play(history, statistics, schoolOptions);
      } catch (error) {
        failing ??= lane;
        playedBefore ??= statistics.histories;
        if (failing !== lane) return;
        throw error;
      }
      onHistory?.(statistics);
    });
  let failing: number | undefined;
  let playedBefore: number | undefined;

  const ways = path === undefined ? lanes : 1;
  await Promise.all(
    Array.from({ length: ways }, async (_, lane) => {
      const result = await fc.check(property(lane), {
        seed: seed + lane,
        numRuns: Math.ceil(runs / ways),
        endOnFailure: options.asIs ?? false,
        ...(path === undefined ? {} : { path }),
      });
      if (result.failed) failure ??= describeFailure(result, options, seed + lane, playedBefore ?? 0);
    }),
  );
  return { statistics, failure };
}

function describeFailure(
  result: fc.RunDetails<[History]>,
  { oneLargeIn }: RunnerOptions,
  seed: number,
  playedBefore: number,
): string {
  const message =
    result.errorInstance instanceof Error ? result.errorInstance.message : String(result.errorInstance);
  // How often a library is large decides what the numbers of a path mean.
  const large = (oneLargeIn ?? usuallyLarge) === usuallyLarge ? '' : ` --large ${oneLargeIn}`;
  return [
    `The catalog went wrong (${playedBefore} histories were right before; ${result.numShrinks} shortenings).`,
    message,
    `Again: npm run test:convergence -- --seed ${seed} --path ${result.counterexamplePath}${large}`,
  ].join('\n');
}
