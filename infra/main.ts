/**
 * The CDKTF app, run by cdktf as `cdktf.json` says: checks the environments the command is about, bundles the
 * function and synthesises the stacks. Contacts nothing.
 */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBundle } from '../functions/bundle.ts';
import { readPlans, synthesize } from './app.ts';
import { writeArchive } from './bundle-archive.ts';
import { findCommand } from './command.ts';
import { refuse } from './refuse.ts';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');
const outdir = resolve(process.env.CDKTF_OUTDIR ?? join(root, 'cdktf.out'));

const plans = readPlans(root);
const refusal = refuse(findCommand(), plans, process.env);
if (refusal) {
  process.stderr.write(`${refusal}\n`);
  process.exit(1);
}
// A folder of its own: `npm start` may be building into dist/ at the same time.
const bundle = join(outdir, 'bundle');
await buildBundle(bundle);
const archive = await writeArchive(bundle, join(outdir, 'bundle.zip'));
synthesize(plans, archive, { root, outdir });
