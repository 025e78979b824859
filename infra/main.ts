/**
 * The entry point of the CDKTF app, run by cdktf as configured in `cdktf.json`. Bundles the function and synthesizes
 * the stacks, without network access.
 *
 * A stack whose environment is not ready is synthesized too, so that the commands for other stacks work. Its own
 * commands are refused before Terraform contacts anything (terraform/pass-secrets.ts).
 */
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildBundle } from '../functions/bundle.ts';
import { readPlans, synthesize } from './app.ts';
import { writeArchive } from './bundle-archive.ts';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');
const outdir = resolve(process.env.CDKTF_OUTDIR ?? join(root, 'cdktf.out'));

// A separate folder: `npm start` may be building into dist/ at the same time.
const bundle = join(outdir, 'bundle');
await buildBundle(bundle);
const archive = await writeArchive(bundle, join(outdir, 'bundle.zip'));
synthesize(readPlans(root), archive, { root, outdir });
