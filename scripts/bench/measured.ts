/**
 * The measured process. It loads one program as the platform does, with the Functions Framework, passes it one event,
 * and reports the time and memory used. It does nothing else, so the peak memory is that of the program.
 */
import { createRequire } from 'node:module';
import { getFunction } from '@google-cloud/functions-framework/testing';
import type { Figures, MeasuredOrder } from './measure.ts';

/** A message from the scheduler's topic, as the framework delivers it. */
function eventOf(attributes: Record<string, string>) {
  const publishTime = new Date().toISOString();
  const data = Buffer.from('{}').toString('base64');
  return {
    type: 'google.cloud.pubsub.topic.v1.messagePublished',
    time: publishTime,
    data: { message: { data, attributes, messageId: 'bench', publishTime } },
  };
}

function cpuSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

async function run({ program, attributes }: MeasuredOrder): Promise<void> {
  createRequire(program)(program);
  const handle = getFunction('sync') as ((event: object) => Promise<void>) | undefined;
  if (!handle) throw new Error(`${program} does not register a function "sync"`);
  const began = performance.now();
  const cpu = process.cpuUsage();
  await handle(eventOf(attributes));
  const figures: Figures = {
    seconds: (performance.now() - began) / 1000,
    cpuSeconds: cpuSince(cpu),
    peakMb: process.resourceUsage().maxRSS / 1024,
  };
  process.stdout.write(`${JSON.stringify({ event: 'bench_figures', ...figures })}\n`, () => process.exit(0));
}

run(JSON.parse(process.argv[2] ?? '') as MeasuredOrder).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`, () => process.exit(1));
});
