/** Colours on a terminal only, whatever machine that is on. */
import { expect, test } from 'vitest';
import { hasColours } from '../../../functions/cli/shared/colors.ts';

test.each([
  ['a terminal', {}, true, true],
  ['a pipe', {}, undefined, false],
  ['a pipe on a build machine', { CI: 'true', TERM: 'xterm-256color' }, undefined, false],
  ['a terminal that can show none', { TERM: 'dumb' }, true, false],
  ['a terminal of somebody who wants none', { NO_COLOR: '1' }, true, false],
  ['an empty NO_COLOR says nothing', { NO_COLOR: '' }, true, true],
  ['a pipe that shall have them', { FORCE_COLOR: '1' }, undefined, true],
  ['FORCE_COLOR=0 is a no', { FORCE_COLOR: '0' }, true, false],
  ['an empty FORCE_COLOR says nothing', { FORCE_COLOR: '' }, undefined, false],
  ['no before yes', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
] as const)('%s', (_, environment, isTerminal, expected) => {
  expect(hasColours(environment, isTerminal)).toBe(expected);
});
