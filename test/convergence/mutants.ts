/** Rules of the sync, each broken in one place. The convergence test has to notice every one of them. */

export interface Mutant {
  /** What the broken sync does. */
  name: string;
  file: string;
  /** Stands exactly once in the file. */
  rule: string;
  broken: string;
}

const sync = (file: string) => `functions/sync/${file}`;

export const mutants: readonly Mutant[] = [
  {
    name: 'saves the new token before the writes are done',
    file: sync('catalog/apply.ts'),
    rule: 'isLast && rest.length === 0 ? final : meanwhile',
    broken: 'final',
  },
  {
    name: 'takes the start token after the listing',
    file: sync('reconcile.ts'),
    rule: `  const pageToken = await drive.startPageToken(root.driveId);
  const found = await scan({ drive, logs, isBook }, [root]);
`,
    broken: `  const found = await scan({ drive, logs, isBook }, [root]);
  const pageToken = await drive.startPageToken(root.driveId);
`,
  },
  {
    name: 'drops what left the library where the listing was incomplete',
    file: sync('reconcile.ts'),
    rule: '? { ...plan, removals: [], meanwhile, final: meanwhile, gap: found.gap }',
    broken: '? { ...plan, meanwhile, final: meanwhile, gap: found.gap }',
  },
  {
    name: 'moves the token past an incomplete listing',
    file: sync('reconcile.ts'),
    rule: '? { ...plan, removals: [], meanwhile, final: meanwhile, gap: found.gap }',
    broken: '? { ...plan, removals: [], meanwhile, final: fresh, gap: found.gap }',
  },
  {
    name: 'does not prove the root again after the listing',
    file: sync('reconcile.ts'),
    rule: `  await proveRoot(drive, settings.folder);

`,
    broken: '',
  },
  {
    name: 'ignores a folder that was moved',
    file: sync('drive/changes.ts'),
    rule: 'if (!stays) return { reconcile: `${what} left the library` };',
    broken: '',
  },
  {
    name: 'does not list a folder that came in',
    file: sync('drive/changes.ts'),
    rule: 'const found = await scan(context, newFolders, { known: known.folders });',
    broken:
      'const found = await scan(context, newFolders.slice(newFolders.length), { known: known.folders });',
  },
  {
    name: 'reads the first page of the feed alone',
    file: sync('drive/changes.ts'),
    rule: 'pageToken = page.nextPageToken;',
    broken: "return { entries, newToken: page.newStartPageToken ?? 'last' };",
  },
  {
    name: 'keeps the first entry of a file, not the last',
    file: sync('drive/changes.ts'),
    rule: 'entries.set(entry.fileId, { item: entry.item, time: entry.time });',
    broken:
      'if (!entries.has(entry.fileId)) entries.set(entry.fileId, { item: entry.item, time: entry.time });',
  },
  {
    name: 'reads the first page of a folder alone',
    file: sync('drive/scan.ts'),
    rule: 'pageToken = page.nextPageToken;',
    broken: 'pageToken = undefined;',
  },
  {
    name: 'lists two folders in one question',
    file: sync('drive/scan.ts'),
    rule: 'const below = await Promise.all(level.map((folder) => limit(() => listWhole(context, folder, found))));',
    broken:
      'const below = await Promise.all(level.filter((_, n) => n % 2 === 0).map((folder) => limit(() => listWhole(context, folder, found))));',
  },
  {
    name: 'does not follow shortcuts to files',
    file: sync('drive/scan.ts'),
    rule: 'if (context.isBook(target)) found.files.set(target.id, fileOf(target));',
    broken: '',
  },
  {
    name: 'writes over a document that changed since it was read',
    file: sync('catalog/catalog.ts'),
    rule: 'batch.update(document, fields, { lastUpdateTime: write.updateTime });',
    broken: 'batch.update(document, fields);',
  },
  {
    name: 'writes the checkpoint whoever wrote it meanwhile',
    file: sync('catalog/catalog.ts'),
    rule: 'if (replaces) batch.update(state, fields, { lastUpdateTime: replaces });\n        else batch.create(state, fields);',
    broken: 'batch.set(state, fields);',
  },
  {
    name: 'adds over what is there',
    file: sync('catalog/catalog.ts'),
    rule: 'batch.create(document, fields);',
    broken: 'batch.set(document, fields);',
  },
  {
    name: 'overwrites a correction',
    file: sync('plan-book.ts'),
    rule: 'return isValid(field, value) && !same(value, document.sync.written?.[field]) ? keep : wanted;',
    broken: 'return wanted;',
  },
  {
    name: 'does not ask for changed content to be embedded anew',
    file: sync('plan-book.ts'),
    rule: 'if (is_embedded === undefined || (changed && is_embedded !== false)) fields.is_embedded = false;',
    broken: 'if (is_embedded === undefined) fields.is_embedded = false;',
  },
  {
    name: 'leaves the removed mark on a book that came back',
    file: sync('plan-book.ts'),
    rule: "if (document.removed) clear.push('removed_date');",
    broken: '',
  },
  {
    name: 'lets the younger of two documents count',
    file: sync('plan.ts'),
    rule: 'return a.createdAt !== b.createdAt ? a.createdAt < b.createdAt : a.docId < b.docId;',
    broken: 'return a.createdAt !== b.createdAt ? a.createdAt > b.createdAt : a.docId < b.docId;',
  },
  {
    name: 'removes however many are gone',
    file: sync('guard.ts'),
    rule: "removals: held && mode === 'reconcile' ? [] : removals,",
    broken: 'removals,',
  },
  {
    name: 'believes the feed however much it takes away',
    file: sync('incremental.ts'),
    rule: 'if (plan.removals.length > removalLimit(before.books))',
    broken: 'if (plan.removals.length > 1_000_000)',
  },
];
