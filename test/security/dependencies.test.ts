/** What runs in production: its bill of materials, its licenses, and how a report of vulnerabilities is judged. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { judge } from '../../scripts/audit.ts';
import { licenceOf } from '../../scripts/licenses.ts';
import { shippedSbom } from '../../scripts/sbom.ts';
import type { Sbom } from '../../scripts/shipped.ts';

let sbom: Sbom;
beforeAll(async () => {
  sbom = await shippedSbom();
});

test('the bill of materials names what is bundled, what the platform installs, and no tool of development', async () => {
  const ways = new Map(
    sbom.components.map(({ name, properties }) => [
      name,
      properties?.find((property) => property.name === 'drive-catalog-sync:way')?.value,
    ]),
  );
  // The lock calls gRPC "devOptional", and `npm sbom --omit=dev` leaves it out.
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

test('every licence in production is one that allows it', () => {
  const refused = sbom.components.filter((component) => !licenceOf(component).allowed);
  expect(refused.map((component) => `${component.name}: ${licenceOf(component).text}`)).toEqual([]);
});

test.each([
  ['MIT', true],
  ['(MIT OR GPL-3.0)', true],
  ['(GPL-3.0 AND MIT)', false],
  ['GPL-3.0', false],
  ['', false],
])('the licence "%s"', (expression, allowed) => {
  const component = {
    'bom-ref': 'x@1',
    name: 'x',
    version: '1',
    licenses: expression ? [{ expression }] : [],
  };
  expect(licenceOf(component).allowed).toBe(allowed);
});

describe('a report of vulnerabilities', () => {
  const shipped = new Set(['node_modules/protobufjs']);
  const found = (name: string, severity: string, folder: string) => ({
    metadata: { vulnerabilities: {} },
    vulnerabilities: { [name]: { name, severity, range: '<1', nodes: [folder] } },
  });
  test.each([
    ['high, in production', found('protobufjs', 'high', 'node_modules/protobufjs'), 1],
    ['critical, in production', found('protobufjs', 'critical', 'node_modules/protobufjs'), 1],
    ['moderate, in production', found('protobufjs', 'moderate', 'node_modules/protobufjs'), 0],
    ['critical, in a tool', found('protobufjs', 'critical', 'node_modules/x/node_modules/protobufjs'), 0],
    ['nothing found', { metadata: { vulnerabilities: {} }, vulnerabilities: {} }, 0],
    ['the registry refuses', { message: '405 Method Not Allowed' }, 2],
    ['no JSON', {}, 2],
  ])('%s', (_, report, status) => {
    const judged = judge(report, shipped);
    expect(judged.status).toBe(status);
    if (status === 2) expect(judged.lines.join()).toContain('NOT CHECKED');
    if (status === 1) expect(judged.lines.join()).toContain('FAILS');
  });
});
