#!/usr/bin/env node
// `npx catalog-sync`: plain JavaScript, because it is what makes Node understand the TypeScript it then loads.
import { register } from 'tsx/esm/api';

register();
await import('./main.ts');
