/** Finds the real Terraform. */
import { accessSync, constants, realpathSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

/**
 * The first `terraform` on a PATH that is neither the one of this folder nor of another checkout: two that took each
 * other for the real one would start each other for ever.
 */
export function findTerraform(path: string): string | undefined {
  return candidates(path).find((file) => basename(realpathSync(file)) !== 'terraform.mjs');
}

function candidates(path: string): string[] {
  return path
    .split(delimiter)
    .map((folder) => join(folder, 'terraform'))
    .filter((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
