import path from 'node:path';

/**
 * The folder that contains `.env.<environment>`, regardless of the current directory: the deployment reads the same
 * file, and a run must never use a different one by accident.
 */
export const projectRoot = path.resolve(import.meta.dirname, '../../..');
