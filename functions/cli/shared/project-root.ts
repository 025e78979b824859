import path from 'node:path';

/**
 * Where `.env.<environment>` lies, whatever directory a command is typed in: the deployment reads the very same file,
 * and a run must not take another one by accident.
 */
export const projectRoot = path.resolve(import.meta.dirname, '../../..');
