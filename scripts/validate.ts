/**
 * `npm run validate`: validates every stack against the real provider's schema, which the synth does not check.
 *
 * Needs Terraform and the google provider, either from the Terraform registry or from a mirror configured in
 * TF_CLI_CONFIG_FILE. Fails if the provider is not available: an unchecked stack must not look like a checked one.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { environmentNames } from '../infra/settings/environments.ts';
import { findTerraform } from '../infra/terraform/find-terraform.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

const terraform = findTerraform(process.env.PATH ?? '');
process.exitCode = terraform
  ? validateAll(terraform)
  : fail('Terraform is not installed, so no stack was validated. Install Terraform 1.11 or newer.');

/** Validates the stacks one by one and returns the exit code. */
function validateAll(command: string): number {
  const outdir = mkdtempSync(join(tmpdir(), 'catalog-sync-validate-'));
  const synthesized = spawnSync(process.execPath, ['--import', 'tsx', 'infra/main.ts'], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CDKTF_OUTDIR: outdir },
  });
  if (synthesized.status !== 0) return fail('The stacks could not be synthesized.');

  // The three stacks share one download of the provider.
  const cache = process.env.TF_PLUGIN_CACHE_DIR ?? join(outdir, 'providers');
  mkdirSync(cache, { recursive: true });
  for (const environment of environmentNames) {
    const folder = join(outdir, 'stacks', environment);
    const run = (...args: string[]) =>
      spawnSync(command, args, {
        cwd: folder,
        stdio: 'inherit',
        env: { ...process.env, TF_PLUGIN_CACHE_DIR: cache },
      }).status;
    if (run('init', '-backend=false', '-input=false') !== 0)
      return fail(
        `${environment} was NOT validated: Terraform could not download the providers (see above). Allow access to the Terraform registry, or configure a mirror in the file that TF_CLI_CONFIG_FILE points to.`,
      );
    if (run('validate') !== 0) return fail(`${environment} is not valid.`);
  }
  process.stdout.write(`Valid: ${environmentNames.join(', ')}.\n`);
  return 0;
}

function fail(message: string): number {
  process.stderr.write(`${message}\n`);
  return 1;
}
