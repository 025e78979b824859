/**
 * Tests the import rules (biome.imports.json): `npm run lint` must reject every forbidden import and accept the
 * others.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

const wrong: [file: string, imported: string][] = [
  ['functions/sync/core/a.ts', '../drive/client.ts'],
  ['functions/sync/drive/a.ts', '../catalog/catalog.ts'],
  ['functions/sync/drive/b.ts', '../context.ts'],
  ['functions/sync/catalog/a.ts', '../metadata/text.ts'],
  ['functions/sync/metadata/a.ts', '../plan/change.ts'],
  ['functions/sync/metadata/embedded/a.ts', '../../catalog/book-document.ts'],
  ['functions/sync/metadata/embedded/worker/a.ts', '../../../drive/items.ts'],
  ['functions/sync/trigger/a.ts', '../plan/guard.ts'],
  ['functions/sync/context.ts', './plan/planner.ts'],
  ['functions/sync/plan/a.ts', '../write/counts.ts'],
  ['functions/sync/write/a.ts', '../sync.ts'],
  ['functions/sync/write/b.ts', '../trigger/event.ts'],
  ['functions/sync/sync.ts', './index.ts'],
  ['functions/sync/index.ts', '../bundle.ts'],
  ['functions/sync/plan/b.ts', '../../cli/shared/show.ts'],
  ['functions/sync/core/b.ts', 'cdktf'],
  ['functions/cli/status/a.ts', '../sync/plan-document.ts'],
  ['functions/cli/status/b.ts', '../../../infra/app.ts'],
  ['functions/cli/status/c.ts', '../../../test/support/world.ts'],
  ['functions/cli/doctor/checks/a.ts', '../../status/show-status.ts'],
  ['functions/cli/shared/a.ts', '../auth/auth.ts'],
  ['functions/cli/local-runtime/a.ts', '@cdktf/provider-google'],
  ['functions/cli/main.ts', './preview/preview.ts'],
  ['functions/drive-emulator/a.ts', '../sync/core/errors.ts'],
  ['functions/drive-emulator/api/a.ts', '../../sync/core/errors.ts'],
  ['infra/a.ts', '../functions/sync/sync.ts'],
  ['infra/constructs/monitoring/a.ts', '../../../functions/cli/shared/show.ts'],
  ['infra/settings/a.ts', '../app.ts'],
  ['infra/settings/b.ts', 'cdktf'],
];
const right: [file: string, imported: string][] = [
  ['functions/sync/drive/c.ts', '../core/errors.ts'],
  ['functions/sync/metadata/embedded/worker/b.ts', '../../../core/book.ts'],
  ['functions/sync/plan/c.ts', '../trigger/event.ts'],
  ['functions/sync/write/c.ts', '../plan/change.ts'],
  ['functions/cli/status/d.ts', '../sync/command.ts'],
  ['functions/cli/status/e.ts', '../../sync/plan/choose-mode.ts'],
  ['functions/cli/status/f.ts', '../../../infra/settings/environments.ts'],
  ['functions/drive-emulator/api/b.ts', '../model/drive.ts'],
  ['infra/b.ts', 'cdktf'],
  ['infra/settings/c.ts', '../../functions/sync/core/config.ts'],
];

let copy: string;
let refused: Set<string>;

beforeAll(() => {
  copy = mkdtempSync(path.join(tmpdir(), 'catalog-sync-imports-'));
  symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  for (const file of ['biome.json', 'biome.imports.json'])
    copyFileSync(path.join(root, file), path.join(copy, file));
  for (const [file, imported] of [...wrong, ...right]) plant(file, `import '${imported}';\n`);
  plant('functions/sync/drive/one.ts', "import type { Two } from './two.ts';\nexport type One = Two | 1;\n");
  plant('functions/sync/drive/two.ts', "import type { One } from './one.ts';\nexport type Two = One | 2;\n");
  const biome = path.join(root, 'node_modules/@biomejs/biome/bin/biome');
  const args = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=github', '.'];
  const { status, stdout } = spawnSync(process.execPath, [biome, ...args], { cwd: copy, encoding: 'utf8' });
  expect(status).not.toBe(0);
  const found = [...stdout.matchAll(/title=lint\/\w+\/(?:noRestrictedImports|noImportCycles),file=([^,]+)/g)];
  refused = new Set(found.map(([, file = '']) => path.relative(copy, path.resolve(copy, file))));
});
afterAll(() => rmSync(copy, { recursive: true, force: true }));

function plant(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(copy, file)), { recursive: true });
  writeFileSync(path.join(copy, file), text);
}

test.each(wrong)('%s must not import %s', (file) => {
  expect(refused).toContain(file);
});
test.each(right)('%s may import %s', (file) => {
  expect(refused).not.toContain(file);
});
test('two files must not import each other, not even for types', () => {
  expect(refused).toContain('functions/sync/drive/one.ts');
});
