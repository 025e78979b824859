#!/usr/bin/env node
// `npx catalog-sync`. Plain JavaScript, because Node runs it as it is: it starts the command line, which is TypeScript.
import { importCommandLine } from './build.mjs';

await importCommandLine();
