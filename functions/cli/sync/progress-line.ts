/** One line on the terminal that shows the progress of a long run. */
import type { Writable } from 'node:stream';
import ora from 'ora';
import type { OnProgress, ProgressStep } from '../../sync/core/progress.ts';
import { count } from '../shared/show.ts';

export interface ProgressLine {
  onProgress: OnProgress;
  /** Prints other output without garbling the line. */
  print(text: string): void;
  stop(): void;
}

/**
 * Creates the line. It is shown while work is in progress, if `stream` is a terminal and `isShown` is set.
 *
 * @param options.print prints all other output
 */
export function createProgressLine(options: {
  stream: Writable & { isTTY?: boolean; columns?: number };
  isShown: boolean;
  print: (text: string) => void;
}): ProgressLine {
  const { isTTY, columns } = options.stream;
  // A terminal of unknown width has 0 columns, and clearing the line would never end.
  const isShown = options.isShown && isTTY === true && columns !== 0;
  // Leave the cursor and standard input alone: if the process is killed, nothing would restore them.
  const spinner = ora({ stream: options.stream, isEnabled: isShown, hideCursor: false, discardStdin: false });
  const describe = createDescription(() => performance.now());
  return {
    onProgress(step) {
      if (!isShown) return;
      spinner.text = describe(step);
      if (!spinner.isSpinning) spinner.start();
    },
    print(text) {
      if (spinner.isSpinning) spinner.clear();
      options.print(text);
      if (spinner.isSpinning) spinner.render();
    },
    stop: () => void (spinner.isSpinning && spinner.stop()),
  };
}

/**
 * Creates a function that describes a step. Rates and times count from the first step of a stage.
 *
 * @param now in milliseconds
 */
export function createDescription(now: () => number): (step: ProgressStep) => string {
  let stage: { name: string; began: number; from: number; last: number } | undefined;
  return (step) => {
    const done = amountOf(step);
    if (stage?.name !== step.step || done < stage.last)
      stage = { name: step.step, began: now(), from: done, last: done };
    stage.last = done;
    const seconds = (now() - stage.began) / 1000;
    const rate = seconds < 1 ? undefined : (done - stage.from) / seconds;
    switch (step.step) {
      case 'listing':
        return `Listing the library: ${count(step.folders, 'folder')}, ${count(step.files, 'book')} found${rateOf(rate)}`;
      case 'comparing':
        return `Comparing the catalog: ${count(step.documents, 'document')}${rateOf(rate)}`;
      case 'contents':
        return `Reading the books: ${step.done} of the next ${step.total}${rateOf(rate)}${leftOf(rate, step)}`;
      case 'writing':
        return `Writing: ${step.done} of ${step.total}${rateOf(rate)}${leftOf(rate, step)}`;
    }
  };
}

function amountOf(step: ProgressStep): number {
  if (step.step === 'listing') return step.files;
  return step.step === 'comparing' ? step.documents : step.done;
}

function rateOf(rate: number | undefined): string {
  return rate === undefined ? '' : `, ${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`;
}

function leftOf(rate: number | undefined, { done, total }: { done: number; total: number }): string {
  if (!rate || done >= total) return '';
  const seconds = Math.ceil((total - done) / rate);
  if (seconds < 90) return `, ${seconds} s left`;
  return seconds < 5_400
    ? `, ${Math.round(seconds / 60)} min left`
    : `, ${(seconds / 3600).toFixed(1)} h left`;
}
