/** Which environments a command is about, and what it is refused for. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseCommand, resolveStacks } from '../../infra/command.ts';
import { refuse } from '../../infra/refuse.ts';
import { environments } from '../../infra/settings/environments.ts';
import { makeTempFolder } from './synthesized.ts';

describe('a command line', () => {
  test.each([
    ['node /p/node_modules/.bin/cdktf deploy dev', { verb: 'deploy', stacks: ['dev'] }],
    ['npm exec cdktf deploy dev', { verb: 'deploy', stacks: ['dev'] }],
    [
      '/usr/bin/node /p/cdktf.js deploy dev staging --auto-approve',
      { verb: 'deploy', stacks: ['dev', 'staging'] },
    ],
    ['cdktf deploy --parallelism 2 -o out dev', { verb: 'deploy', stacks: ['dev'] }],
    ['cdktf deploy --parallelism=2 *', { verb: 'deploy', stacks: ['*'] }],
    ['cdktf destroy prod', { verb: 'destroy', stacks: ['prod'] }],
    ['cdktf deploy', { verb: 'deploy', stacks: [] }],
    ['cdktf synth', undefined],
    ['cdktf list', undefined],
    ['node /p/cdktf-notes/main.js deploy dev', undefined],
    ['sh -c node --import tsx infra/main.ts', undefined],
  ])('%s', (line, expected) => {
    expect(parseCommand(line.split(' '))).toEqual(expected);
  });

  test.each([
    [['dev'], ['dev'], []],
    [['*'], ['dev', 'staging', 'prod'], []],
    [['*ing', 'production'], ['staging'], ['production']],
    [['d.v'], [], ['d.v']],
  ])('%s names environments', (stacks, asked, unknown) => {
    expect(resolveStacks({ verb: 'deploy', stacks })).toEqual({ asked, unknown });
  });
});

describe('a command is refused', () => {
  const plans = {
    dev: { environment: environments.dev, problems: ['REGION is missing', 'PROJECT_ID is missing'] },
    staging: { environment: environments.staging, problems: ['There is no .env.staging'] },
    prod: { environment: environments.prod, problems: [] },
  };
  const path = () => {
    const bin = makeTempFolder();
    symlinkSync(
      fileURLToPath(new URL('../../infra/terraform/terraform.mjs', import.meta.url)),
      join(bin, 'terraform'),
    );
    return { PATH: bin };
  };

  test('where its environment is incomplete, with every problem', () => {
    expect(refuse({ verb: 'deploy', stacks: ['dev'] }, plans, path())).toBe(
      'dev cannot be deployed; .env.dev has 2 problems:\n  - REGION is missing\n  - PROJECT_ID is missing\n.env.example explains every name.',
    );
  });

  test('for a name that is no environment, with those that are', () => {
    expect(refuse({ verb: 'deploy', stacks: ['production'] }, plans, path())).toBe(
      'There is no environment production. The environments are dev, staging, prod.',
    );
  });

  test('not where only another environment is incomplete', () => {
    expect(refuse({ verb: 'deploy', stacks: ['prod'] }, plans, path())).toBeUndefined();
    expect(refuse(undefined, plans, path())).toBeUndefined();
  });

  test('where Terraform would start without the secrets', () => {
    const bin = makeTempFolder();
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'terraform'), '#!/bin/sh\n', { mode: 0o755 });
    expect(refuse({ verb: 'deploy', stacks: ['prod'] }, plans, { PATH: bin })).toMatch(
      /npx cdktf deploy prod/,
    );
  });
});
