import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // The tests wait more than they reckon, and on two cores Vitest would take one worker.
    maxWorkers: 3,
    // Many start processes, which take seconds each where the machine is busy. It is for a test that hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
