/** Finds, starts and stops Google's emulators, which are part of the Google Cloud CLI. */
import { execFile } from 'node:child_process';
import { access, readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { spawnChild, waitForPort } from './child-process.ts';
import { getFreePort } from './ports.ts';

const run = promisify(execFile);

export interface Emulator {
  /** `127.0.0.1:PORT`, as FIRESTORE_EMULATOR_HOST and PUBSUB_EMULATOR_HOST expect it. */
  host: string;
  stop(): Promise<void>;
}

/** The emulator, or something that it needs, is not installed on this machine. */
export class EmulatorMissing extends Error {}

const firestoreJar = 'platform/cloud-firestore-emulator/cloud-firestore-emulator.jar';
const pubsubFolder = 'platform/pubsub-emulator/lib';

/**
 * Starts Google's Firestore emulator on a free port.
 *
 * @throws EmulatorMissing if the Google Cloud CLI, the emulator component or Java is not installed
 */
export async function startFirestoreEmulator(): Promise<Emulator> {
  const jar = path.join(await findSdk(), firestoreJar);
  await access(jar).catch(() => {
    throw new EmulatorMissing(
      'The Firestore emulator is not installed. Install it: gcloud components install cloud-firestore-emulator (or the package google-cloud-cli-firestore-emulator).',
    );
  });
  await requireJava();
  const port = await getFreePort();
  const java = [
    '-Duser.language=en',
    '-cp',
    jar,
    'com.google.cloud.datastore.emulator.firestore.CloudFirestore',
  ];
  return startJava([...java, 'start', '--host=127.0.0.1', `--port=${port}`], port);
}

/**
 * Starts Google's Pub/Sub emulator on a free port. It delivers to push subscriptions on the loopback interface.
 *
 * @throws EmulatorMissing if the Google Cloud CLI, the emulator component or Java is not installed
 */
export async function startPubsubEmulator(): Promise<Emulator> {
  const folder = path.join(await findSdk(), pubsubFolder);
  // The jar has its version in its name. The script next to it would leave Java running when it is killed.
  const jar = (await readdir(folder).catch(() => [])).find((file) => file.endsWith('.jar'));
  if (jar === undefined) {
    throw new EmulatorMissing(
      'The Pub/Sub emulator is not installed. Install it: gcloud components install pubsub-emulator (or the package google-cloud-cli-pubsub-emulator).',
    );
  }
  await requireJava();
  const port = await getFreePort();
  const java = ['-Duser.language=en', '-jar', path.join(folder, jar)];
  return startJava([...java, '--host=127.0.0.1', `--port=${port}`], port);
}

async function startJava(args: readonly string[], port: number): Promise<Emulator> {
  const { process: child, stop } = spawnChild('java', args, process.env);
  await waitForPort(port, child);
  return { host: `127.0.0.1:${port}`, stop };
}

async function findSdk(): Promise<string> {
  for (const directory of (process.env.PATH ?? '').split(path.delimiter)) {
    const gcloud = await realpath(path.join(directory, 'gcloud')).catch(() => undefined);
    const root = gcloud && path.dirname(path.dirname(gcloud));
    if (root && (await exists(path.join(root, 'platform')))) return root;
  }
  const info = await run('gcloud', ['info', '--format=value(installation.sdk_root)']).catch(() => undefined);
  const root = info?.stdout.trim();
  if (root) return root;
  throw new EmulatorMissing(
    "Google's emulators need the Google Cloud CLI, but gcloud is not on the PATH. Install it: https://cloud.google.com/sdk/docs/install",
  );
}

async function requireJava(): Promise<void> {
  await run('java', ['-version']).catch(() => {
    throw new EmulatorMissing(
      "Google's emulators need Java, but java is not on the PATH. Install a JRE of version 17 or later.",
    );
  });
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
