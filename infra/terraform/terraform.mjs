#!/usr/bin/env node
// The `terraform` command that `npx cdktf` finds. See pass-secrets.ts.
import { register } from 'tsx/esm/api';

register();
const { runTerraform } = await import('./pass-secrets.ts');
runTerraform(process.argv.slice(2));
