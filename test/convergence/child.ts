/** The child process that `runInChild` starts: one run of the sync without log output. */
import { createLogs } from '../../functions/sync/core/logs.ts';
import { sync } from '../../functions/sync/sync.ts';
import type { ChildInput } from './child-run.ts';

const input = JSON.parse(process.argv[2] ?? '{}') as ChildInput;
const logs = createLogs(
  () => {},
  (value) => value,
);
await sync(input.request, input.settings, logs, { retryBaseMs: 1 }).catch(() => {
  process.exitCode = 1;
});
