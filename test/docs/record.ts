/**
 * `npm run record`: types every command's good and bad case into a copy of this project, against the sandbox and Google's
 * Firestore emulator, and writes what came to docs/terminal.md.
 */
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startFirestoreEmulator } from '../../functions/cli/local-runtime/emulators.ts';
import { SandboxError } from '../../functions/drive-emulator/model/new-item.ts';
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

/** What differs from machine to machine, and from one recording to the next, and tells a reader nothing. */
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

/** `auth`, with somebody at the browser who allows it. */
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
  remark('What is not there:');
  await type('preview', '/no/such/place');

  heading('sandbox');
  await type('sandbox', '--library', '/no/such/place');

  heading('doctor');
  remark('Before there is a `.env.dev`:');
  await type('doctor', '--env', 'dev');
  await installation.writeEnv(envOf(world));
  world.addBooks(14);
  remark('All is well:');
  await type('doctor', '--env', 'dev');
  remark('The folder is shared no more:');
  world.drive.hide(world.root);
  await type('doctor', '--env', 'dev');
  world.drive.show(world.root);

  heading('auth');
  await allow('auth', '--env', 'dev', '--no-browser');
  remark('Without an OAuth client in the file:');
  const { GOOGLE_CLIENT_ID: _id, GOOGLE_CLIENT_SECRET: _secret, ...rest } = envOf(world);
  await installation.writeEnv(rest, 'staging');
  await type('auth', '--env', 'staging');

  heading('sync');
  remark('What it would do:');
  await type('sync', '--env', 'dev', '--dry-run');
  remark('It does it; and then there is nothing to do:');
  await type('sync', '--env', 'dev');
  await type('sync', '--env', 'dev');
  remark('Most of the books are gone at once, and one has another name:');
  const [first = '', ...others] = [...(await world.books()).keys()];
  world.drive.rename(first, 'Emma - Jane Austen (1815).pdf');
  for (const id of others.slice(0, 12)) world.drive.trash(id);
  await type('sync', '--env', 'dev', '--dry-run');
  await type('sync', '--env', 'dev');

  heading('status');
  await type('status', '--env', 'dev');
  remark('A person has decided:');
  await type('sync', '--env', 'dev', '--approve-removals', '12');
  await type('status', '--env', 'dev');

  heading('When it fails');
  world.driveEmulator.faults.add({
    match: {},
    fault: { kind: 'status', status: 403, reason: 'accessNotConfigured' },
  });
  await type('sync', '--env', 'dev');
  world.driveEmulator.faults.clear();
  remark('Without an environment:');
  await type('sync');
} catch (error) {
  if (error instanceof SandboxError) throw new Error(`The sandbox refused: ${error.message}`);
  throw error;
} finally {
  await installation.remove();
  await world.close();
  await emulator.stop();
}

await writeFile(
  path.join(root, 'docs/terminal.md'),
  `# What the command line says

Each command's good and bad case, as typed into a copy of this project against the sandbox and Google's Firestore emulator
(so \`GOOGLE_API_ROOT\` and \`FIRESTORE_EMULATOR_HOST\` are set, and said to be). Written by \`npm run record\`; what the
commands do is in [commands.md](commands.md).

${parts.join('\n')}`,
);
console.log('Wrote docs/terminal.md');
