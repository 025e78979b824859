/**
 * `npm run record`: runs a successful and a failing case of every command in a copy of this project, against the Drive
 * emulator and Google's Firestore emulator, and writes the output to docs/terminal.md.
 */
import { chmod, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startFirestoreEmulator } from '../../functions/cli/local-runtime/emulators.ts';
import { DriveModelError } from '../../functions/drive-emulator/model/new-item.ts';
import { envOf, install, type Said } from '../support/installation.ts';
import { openWorld } from '../support/world.ts';

const root = path.resolve(import.meta.dirname, '../..');
process.env.METADATA_SERVER_DETECTION = 'none';
const emulator = await startFirestoreEmulator();
process.env.FIRESTORE_EMULATOR_HOST = emulator.host;
const world = await openWorld();
const installation = await install();
const environment = {
  FIRESTORE_EMULATOR_HOST: emulator.host,
  METADATA_SERVER_DETECTION: 'none',
  NO_COLOR: '1',
};
const parts: string[] = [];

/** Replaces what differs between machines and recordings and means nothing to a reader. */
function plain(text: string): string {
  return text
    .replaceAll(installation.directory, '/home/you/catalog-sync')
    .replaceAll(root, '/home/you/catalog-sync')
    .replaceAll(tmpdir(), '/tmp')
    .replaceAll(world.settings.projectId, 'my-school-4711')
    .replace(/127\.0\.0\.1(:|%3A)\d+/g, '127.0.0.1$1PORT')
    .replace(/([?&](?:state|code_challenge|code)=)[\w.-]+/g, '$1...')
    .trimEnd();
}

function keep(args: readonly string[], { code, stdout, stderr }: Said): void {
  const typed = args.map((arg) => plain(/\s/.test(arg) ? `"${arg}"` : arg)).join(' ');
  const shown = plain(stderr + stdout);
  parts.push(['```', `$ npx catalog-sync ${typed}`, shown, `(exit ${code})`, '```', ''].join('\n'));
}

async function type(...args: string[]): Promise<void> {
  keep(args, await installation.run(args, { environment }));
}

/** Runs `auth` and grants access, as a person in the browser would. */
async function allow(...args: string[]): Promise<void> {
  const command = installation.start(args, { environment });
  await command.until('code_challenge=');
  const url = /http\S+code_challenge=\S+/.exec(command.said.stdout + command.said.stderr)?.[0] ?? '';
  await fetch(url);
  keep(args, await command.ended);
}

const heading = (text: string) => parts.push(`## ${text}\n`);
const remark = (text: string) => parts.push(`${text}\n`);

try {
  heading('preview');
  await type('preview', path.join(root, 'library'));
  remark('A path that does not exist:');
  await type('preview', '/no/such/place');

  heading('sandbox');
  await type('sandbox', '--library', '/no/such/place');

  const deployment = { PROJECT_ID: world.settings.projectId, REGION: 'europe-west1' };
  await installation.writeEnv({ ...envOf(world), ...deployment });
  await chmod(path.join(installation.directory, '.env.dev'), 0o600);
  world.addBooks(14);

  heading('auth');
  await allow('auth', '--env', 'dev', '--no-browser');
  remark('Without an OAuth client in the env file:');
  const { GOOGLE_CLIENT_ID: _id, GOOGLE_CLIENT_SECRET: _secret, ...rest } = envOf(world);
  await installation.writeEnv(rest, 'staging');
  await type('auth', '--env', 'staging');

  heading('sync');
  remark('A dry run shows what a run would do:');
  await type('sync', '--env', 'dev', '--dry-run');
  remark('The first run writes the catalog. The second run has nothing to do:');
  await type('sync', '--env', 'dev');
  await type('sync', '--env', 'dev');
  remark('Most of the books were removed at once, and one was renamed:');
  const [first = '', ...others] = [...(await world.books()).keys()];
  world.drive.rename(first, 'Emma - Jane Austen (1815).pdf');
  for (const id of others.slice(0, 12)) world.drive.trash(id);
  await type('sync', '--env', 'dev', '--dry-run');
  await type('sync', '--env', 'dev');

  heading('status');
  await type('status', '--env', 'dev');
  remark('The removals are approved:');
  await type('sync', '--env', 'dev', '--approve-removals', '12');
  await type('status', '--env', 'dev');

  heading('doctor');
  remark(
    'With everything set up. The two warnings are about the emulators that this page was recorded with:',
  );
  await type('doctor', '--env', 'dev');
  remark('With a folder that is no longer shared:');
  world.drive.hide(world.root);
  await type('doctor', '--env', 'dev');
  world.drive.show(world.root);
  remark('Without an env file:');
  await type('doctor', '--env', 'prod');

  heading('When it fails');
  world.driveEmulator.faults.add({
    match: {},
    fault: { kind: 'status', status: 403, reason: 'accessNotConfigured' },
  });
  await type('sync', '--env', 'dev');
  world.driveEmulator.faults.clear();
  remark('Without the option `--env`:');
  await type('sync');
} catch (error) {
  if (error instanceof DriveModelError)
    throw new Error(`The Drive emulator rejected a change: ${error.message}`);
  throw error;
} finally {
  await installation.remove();
  await world.close();
  await emulator.stop();
}

await writeFile(
  path.join(root, 'docs/terminal.md'),
  `# Command output

A successful and a failing case of each command, recorded in a copy of this project against the Drive emulator and Google's
Firestore emulator (so \`GOOGLE_API_ROOT\` and \`FIRESTORE_EMULATOR_HOST\` are set, and the output says so). Generated by
\`npm run record\`. [commands.md](commands.md) explains the commands.

${parts.join('\n')}`,
);
console.log('Wrote docs/terminal.md');
