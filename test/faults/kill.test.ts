/**
 * Kills the deployed bundle at each of its calls. `npm test` kills it at every Firestore request, before and after
 * the request took effect, and at the first Drive call of each method; HEAVY=1 kills it at every Drive call.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildForTest, deploy, environmentOf } from '../support/function.ts';
import { cleanRun, leavers, sameCatalog } from './cases.ts';
import {
  catalogOf,
  importing,
  incremental,
  largeImport,
  type Scenario,
  type Stage,
  stage,
} from './scenarios.ts';

const core = !process.env.HEAVY;
let bundle: Awaited<ReturnType<typeof buildForTest>>;
/**
 * A wrapper around Node that writes its process id to a file. The function is a grandchild process with an unknown
 * id.
 */
let node: string;

beforeAll(async () => {
  bundle = await buildForTest();
  const directory = await mkdtemp(path.join(tmpdir(), 'kill-'));
  node = path.join(directory, 'node');
  await writeFile(node, `#!/bin/sh\necho $$ > "$PID_FILE"\nexec '${process.execPath}' "$@"\n`, {
    mode: 0o755,
  });
});
afterAll(async () => {
  await bundle.remove();
  await rm(path.dirname(node), { recursive: true, force: true });
});

/** Where the process is killed: when a request arrives, or after Firestore has executed it. */
interface Place {
  name: string;
  /** Calls `kill` when the run reaches the place. */
  wait: (stage: Stage, kill: () => void) => void;
}

async function placesOf(scenario: Scenario): Promise<Place[]> {
  const { drive, firestore } = await cleanRun(scenario);
  const places: Place[] = [];
  for (const [method, count = 0] of Object.entries(drive)) {
    for (let call = 1; call <= (core ? 1 : count); call++) {
      places.push({
        name: `at ${method} ${call} of ${count}`,
        wait({ world }, kill) {
          let seen = 0;
          world.driveEmulator.faults.onCall((asked) => {
            if (asked.method === method && ++seen === call) kill();
          });
        },
      });
    }
  }
  for (const [index, method] of firestore.entries()) {
    for (const when of ['before', 'after'] as const) {
      places.push({
        name: `${when} request ${index + 1} (${method}) took effect`,
        wait({ world }, kill) {
          let seen = 0;
          world.judge = () => {
            if (seen++ !== index) return 'pass';
            if (when === 'after') return { answered: kill };
            kill();
            return 'stall';
          };
        },
      });
    }
  }
  return places;
}

/** Kills a run at a place and returns the problems found afterwards. */
async function killAt(scenario: Scenario, { name, wait }: Place, index: number): Promise<string[]> {
  const wanted = (await cleanRun(scenario)).catalog;
  const staged = await stage(scenario);
  const { world } = staged;
  const pidFile = path.join(path.dirname(node), `${scenario.name}-${index}`);
  const environment = {
    ...environmentOf(world),
    FIRESTORE_EMULATOR_HOST: world.firestoreHost,
    WRITES_PER_SECOND: '10000',
    PID_FILE: pidFile,
  };
  const wrong: string[] = [];
  const complain = (what: string) => wrong.push(`${scenario.name}, killed ${name}: ${what}`);
  const running = await deploy(bundle.directory, environment, node);
  try {
    const pid = Number(await readFile(pidFile, 'utf8'));
    const before = await catalogOf(world);
    const token = (await world.checkpoint())?.pageToken;
    let killed = false;
    wait(staged, () => {
      killed = true;
      process.kill(pid, 'SIGKILL');
    });
    // The delivery fails, because the process is killed before it can respond. Retry in case the process was not
    // ready yet.
    let answer: unknown;
    for (let tries = 0; tries < 3 && !killed; tries++)
      answer = await running.deliver().catch((error) => String(error.cause ?? error));
    for (let waited = 0; isAlive(pid) && waited < 5_000; waited += 10) await sleep(10);
    if (!killed || isAlive(pid))
      complain(`the process was not killed; ${JSON.stringify(answer)}; ${running.lines.join('\n')}`);

    const after = await catalogOf(world);
    for (const id of leavers(before, after))
      if (!staged.mayLeave.has(id)) complain(`removed ${id} by mistake`);
    const moved = (await world.checkpoint())?.pageToken ?? null;
    if (moved !== null && moved !== token && !sameCatalog(after, wanted))
      complain('the checkpoint is ahead of the catalog');

    world.driveEmulator.faults.clear();
    world.judge = undefined;
    await world.run().catch((error) => complain(`the next run failed: ${error}`));
    if (!sameCatalog(await catalogOf(world), wanted)) complain('the next run does not correct the catalog');
  } finally {
    await running.stop();
    await world.close();
  }
  return wrong;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe.each([importing, incremental, ...(core ? [] : [largeImport])])('$name', (scenario) => {
  test('a run killed at any of its calls loses nothing, and the next run corrects the catalog', async () => {
    const places = await placesOf(scenario);
    const began = performance.now();
    const wrong: string[] = [];
    const queue = places.entries();
    async function work(): Promise<void> {
      for (const [index, place] of queue) {
        let found = await killAt(scenario, place, index);
        // Another program can take the port before the function does.
        if (found.some((what) => what.includes('EADDRINUSE'))) found = await killAt(scenario, place, index);
        wrong.push(...found);
      }
    }
    await Promise.all([work(), work(), work()]);
    const seconds = Math.round((performance.now() - began) / 1000);
    console.log(`Killed in ${scenario.name}: ${places.length} cases, ${wrong.length} problems, ${seconds} s`);
    expect(wrong).toEqual([]);
  }, 600_000);
});
