/** Checks what runs in production: its bill of materials, its licenses, and how a vulnerability report is evaluated. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { judge } from '../../scripts/audit.ts';
import { licenseOf } from '../../scripts/licenses.ts';
import { shippedSbom } from '../../scripts/sbom.ts';
import type { Sbom } from '../../scripts/shipped.ts';

let sbom: Sbom;
beforeAll(async () => {
  sbom = await shippedSbom();
});

test('the bill of materials lists what is bundled and what the platform installs, but no development tools', async () => {
  const ways = new Map(
    sbom.components.map(({ name, properties }) => [
      name,
      properties?.find((property) => property.name === 'drive-catalog-sync:way')?.value,
    ]),
  );
  // gRPC is "devOptional" in the lockfile, and `npm sbom --omit=dev` omits it.
  for (const name of ['googleapis', 'firebase-admin', '@grpc/grpc-js', 'protobufjs', 'zod', 'p-retry'])
    expect(ways.get(name), name).toBe('bundled');
  expect(ways.get('@google-cloud/functions-framework')).toBe('installed by the platform');
  const { dependencies } = JSON.parse(
    await readFile(path.resolve(import.meta.dirname, '../../package.json'), 'utf8'),
  );
  for (const name of Object.keys(dependencies)) expect(ways.has(name), name).toBe(true);
  for (const name of ['vitest', 'cdktf', 'esbuild', 'typescript', 'fast-check', 'tsx'])
    expect(ways.has(name), name).toBe(false);
  for (const { ref, dependsOn } of sbom.dependencies)
    for (const other of [ref, ...(dependsOn ?? [])])
      expect(
        other === sbom.metadata.component['bom-ref'] ||
          sbom.components.some((component) => component['bom-ref'] === other),
        other,
      ).toBe(true);
});

test('every license in production is allowed', () => {
  const refused = sbom.components.filter((component) => !licenseOf(component).allowed);
  expect(refused.map((component) => `${component.name}: ${licenseOf(component).text}`)).toEqual([]);
});

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0)', true],
  ['(GPL-3.0 AND MIT)', false],
  ['GPL-3.0', false],
  ['', false],
])('the license "%s" is allowed: %s', (expression, allowed) => {
  const component = {
    'bom-ref': 'x@1',
    name: 'x',
    version: '1',
    licenses: expression ? [{ expression }] : [],
  };
  expect(licenseOf(component).allowed).toBe(allowed);
});

describe('a vulnerability report', () => {
  const shipped = new Set(['node_modules/protobufjs']);
  const found = (name: string, severity: string, folder: string) => ({
    metadata: { vulnerabilities: {} },
    vulnerabilities: { [name]: { name, severity, range: '<1', nodes: [folder] } },
  });
  test.each([
    [
      'fails if a package in production has a high severity',
      found('protobufjs', 'high', 'node_modules/protobufjs'),
      1,
    ],
    [
      'fails if a package in production has a critical severity',
      found('protobufjs', 'critical', 'node_modules/protobufjs'),
      1,
    ],
    [
      'passes if a package in production has a moderate severity',
      found('protobufjs', 'moderate', 'node_modules/protobufjs'),
      0,
    ],
    [
      'passes if a development tool has a critical severity',
      found('protobufjs', 'critical', 'node_modules/x/node_modules/protobufjs'),
      0,
    ],
    ['passes without vulnerabilities', { metadata: { vulnerabilities: {} }, vulnerabilities: {} }, 0],
    ['counts as not checked if the registry returns an error', { message: '405 Method Not Allowed' }, 2],
    ['counts as not checked if the output is not JSON', {}, 2],
  ])('%s', (_, report, status) => {
    const judged = judge(report, shipped);
    expect(judged.status).toBe(status);
    if (status === 2) expect(judged.lines.join()).toContain('NOT CHECKED');
    if (status === 1) expect(judged.lines.join()).toContain('FAILS');
  });
});
