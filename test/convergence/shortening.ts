/** Shrinks a history that fails, to find a shorter one that fails as well. */
import * as fc from 'fast-check';
import type { History, InitialState, RunOperation } from './operations.ts';

/**
 * Generates what `base` generates. Shrinks by leaving out operations: halves first, then smaller and smaller parts,
 * even below the minimum number of operations that is generated. After that, it simplifies runs and the initial state.
 */
export class HistoryShrinker extends fc.Arbitrary<History> {
  readonly #base: fc.Arbitrary<History>;

  constructor(base: fc.Arbitrary<History>) {
    super();
    this.#base = base;
  }

  override generate(random: fc.Random, biasFactor: number | undefined): fc.Value<History> {
    return new fc.Value(this.#base.generate(random, biasFactor).value, undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is History {
    return true;
  }

  override shrink(history: History): fc.Stream<fc.Value<History>> {
    return fc.stream(
      (function* () {
        for (const shorter of shorterHistories(history)) yield new fc.Value(shorter, undefined);
      })(),
    );
  }
}

function* shorterHistories({ initial, operations }: History): Generator<History> {
  const { length } = operations;
  for (let part = Math.ceil(length / 2); part >= 1; part = part === 1 ? 0 : Math.ceil(part / 2)) {
    for (let start = length - part; start > -part; start -= part) {
      const from = Math.max(0, start);
      yield {
        initial,
        operations: [...operations.slice(0, from), ...operations.slice(start + part)],
      };
    }
  }
  for (const [index, one] of operations.entries()) {
    if (one.kind !== 'run') continue;
    for (const simpler of simplerRuns(one)) {
      yield { initial, operations: operations.toSpliced(index, 1, simpler) };
    }
  }
  for (const smaller of smallerInitialStates(initial)) yield { initial: smaller, operations };
}

function* simplerRuns(run: RunOperation): Generator<RunOperation> {
  if (run.disturbance.kind !== 'none') yield { ...run, disturbance: { kind: 'none' } };
  if (run.request !== 'plain') yield { ...run, request: 'plain' };
  if (run.hoursLater) yield { ...run, hoursLater: false };
  if (
    (run.disturbance.kind === 'change' && run.disturbance.operations.length > 1) ||
    (run.disturbance.kind === 'overlap' && run.disturbance.operations.length > 0)
  ) {
    for (const index of run.disturbance.operations.keys()) {
      yield {
        ...run,
        disturbance: { ...run.disturbance, operations: run.disturbance.operations.toSpliced(index, 1) },
      };
    }
  }
  if (run.disturbance.kind === 'overlap' && run.disturbance.until)
    yield { ...run, disturbance: { ...run.disturbance, until: undefined } };
}

function* smallerInitialStates(initial: InitialState): Generator<InitialState> {
  if (initial.folderShortcuts) yield { ...initial, folderShortcuts: false };
  if (initial.large) yield { ...initial, large: false };
  if (initial.sharedDrive) yield { ...initial, sharedDrive: false };
  if (initial.removals !== 'mark') yield { ...initial, removals: 'mark' };
  if (initial.pages.length > 0) yield { ...initial, pages: [] };
  if (initial.missingFolder !== 'empty') yield { ...initial, missingFolder: 'empty' };
  for (const files of [0, Math.floor(initial.files / 2), initial.files - 1])
    if (files >= 0 && files < initial.files) yield { ...initial, files };
  for (const folders of [0, initial.folders - 1])
    if (folders >= 0 && folders < initial.folders) yield { ...initial, folders };
}
