import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // The tests wait more than they compute, and on two cores Vitest would start only one worker.
    maxWorkers: 3,
    // Many tests start processes, which take seconds each on a busy machine. The timeout only has to catch a test
    // that hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
