/** Finds the real Terraform. */
import { accessSync, constants, realpathSync } from 'node:fs';
import { basename, delimiter, join } from 'node:path';

/**
 * Returns the first `terraform` on a PATH that is not this wrapper or the wrapper of another checkout. Two wrappers
 * that took each other for the real Terraform would start each other forever.
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
