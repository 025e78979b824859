#!/usr/bin/env node
// Entry point of `npx catalog-sync`. Plain JavaScript, so that Node can run it without a build.
import { importCommandLine } from './build.mjs';

await importCommandLine();
