/** How a history that fails is made shorter. */
import * as fc from 'fast-check';
import type { Beginning, History, RunOperation } from './operations.ts';

/**
 * Generates as `base` does, and shrinks by leaving operations out (halves first, then ever smaller parts), below
 * the least number that is generated; then by calming runs down and by a smaller library.
 */
export class Shortening extends fc.Arbitrary<History> {
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
        for (const shorter of shorterThan(history)) yield new fc.Value(shorter, undefined);
      })(),
    );
  }
}

function* shorterThan({ beginning: begins, operations }: History): Generator<History> {
  const { length } = operations;
  for (let part = Math.ceil(length / 2); part >= 1; part = part === 1 ? 0 : Math.ceil(part / 2)) {
    for (let start = length - part; start > -part; start -= part) {
      const from = Math.max(0, start);
      yield {
        beginning: begins,
        operations: [...operations.slice(0, from), ...operations.slice(start + part)],
      };
    }
  }
  for (const [index, one] of operations.entries()) {
    if (one.kind !== 'run') continue;
    for (const calmer of calmerThan(one)) {
      yield { beginning: begins, operations: operations.toSpliced(index, 1, calmer) };
    }
  }
  for (const smaller of smallerThan(begins)) yield { beginning: smaller, operations };
}

function* calmerThan(run: RunOperation): Generator<RunOperation> {
  if (run.trouble.kind !== 'none') yield { ...run, trouble: { kind: 'none' } };
  if (run.request !== 'plain') yield { ...run, request: 'plain' };
  if (run.hoursLater) yield { ...run, hoursLater: false };
  if (
    (run.trouble.kind === 'meanwhile' && run.trouble.operations.length > 1) ||
    (run.trouble.kind === 'overlap' && run.trouble.operations.length > 0)
  ) {
    for (const index of run.trouble.operations.keys()) {
      yield { ...run, trouble: { ...run.trouble, operations: run.trouble.operations.toSpliced(index, 1) } };
    }
  }
  if (run.trouble.kind === 'overlap' && run.trouble.until)
    yield { ...run, trouble: { ...run.trouble, until: undefined } };
}

function* smallerThan(begins: Beginning): Generator<Beginning> {
  if (begins.folderLinks) yield { ...begins, folderLinks: false };
  if (begins.large) yield { ...begins, large: false };
  if (begins.sharedDrive) yield { ...begins, sharedDrive: false };
  if (begins.removals !== 'mark') yield { ...begins, removals: 'mark' };
  if (begins.pages.length > 0) yield { ...begins, pages: [] };
  if (begins.missingFolder !== 'empty') yield { ...begins, missingFolder: 'empty' };
  for (const files of [0, Math.floor(begins.files / 2), begins.files - 1])
    if (files >= 0 && files < begins.files) yield { ...begins, files };
  for (const folders of [0, begins.folders - 1])
    if (folders >= 0 && folders < begins.folders) yield { ...begins, folders };
}
