/** Tests that colors are used on a terminal only, on every machine. */
import { expect, test } from 'vitest';
import { hasColors } from '../../../functions/cli/shared/colors.ts';

test.each([
  ['uses colors on a terminal', {}, true, true],
  ['uses no colors in a pipe', {}, undefined, false],
  ['uses no colors in a pipe on a CI machine', { CI: 'true', TERM: 'xterm-256color' }, undefined, false],
  ['uses no colors on a dumb terminal', { TERM: 'dumb' }, true, false],
  ['NO_COLOR disables colors on a terminal', { NO_COLOR: '1' }, true, false],
  ['ignores an empty NO_COLOR', { NO_COLOR: '' }, true, true],
  ['FORCE_COLOR enables colors in a pipe', { FORCE_COLOR: '1' }, undefined, true],
  ['FORCE_COLOR=0 disables colors', { FORCE_COLOR: '0' }, true, false],
  ['ignores an empty FORCE_COLOR', { FORCE_COLOR: '' }, undefined, false],
  ['NO_COLOR takes precedence over FORCE_COLOR', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
] as const)('%s', (_, environment, isTerminal, expected) => {
  expect(hasColors(environment, isTerminal)).toBe(expected);
});
