/** The process that `runInChild` starts: one run of the sync, silent. */
import { createLogs } from '../../functions/sync/core/logs.ts';
import { sync } from '../../functions/sync/sync.ts';
import type { ChildOrder } from './child-run.ts';

const order = JSON.parse(process.argv[2] ?? '{}') as ChildOrder;
const logs = createLogs(
  () => {},
  (value) => value,
);
await sync(order.request, order.settings, logs, { retryBaseMs: 1 }).catch(() => {
  process.exitCode = 1;
});
