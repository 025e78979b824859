/**
 * Mutants: each breaks one rule of the sync by a small edit of its source. The convergence test must detect every one
 * of them (`npm run test:mutants`). A mutant that survives shows that the test has a hole.
 *
 * Two rules have no mutant, because breaking them does not change the catalog: the precondition of a deletion (the
 * document would be planned again and deleted anyway), and the check that ends a cycle of shortcuts (a run that never
 * ends is not a divergence).
 */

/** Replaces `original`, which must occur exactly once in the file, with `replacement`. */
export interface Edit {
  file: string;
  original: string;
  replacement: string;
}

export interface Mutant {
  /** Completes the sentence "A sync that ...". */
  name: string;
  edits: readonly Edit[];
}

function mutant(
  name: string,
  file: string,
  ...edits: readonly [original: string, replacement: string][]
): Mutant {
  return {
    name,
    edits: edits.map(([original, replacement]) => ({
      file: `functions/sync/${file}`,
      original,
      replacement,
    })),
  };
}

const startToken = '  const pageToken = await drive.startPageToken(root.sharedDriveId);\n';
const listing = '  const found = await listLibrary({ drive, logs, isBook, onProgress }, [root]);\n';
const afterIncomplete = 'if (incompleteReason) return { ...withoutRemovals, incompleteReason };';

const checkpointMutants: readonly Mutant[] = [
  mutant('saves the new page token before all writes are committed', 'write/write-batches.ts', [
    'isEnd ? finalCheckpoint : { ...interimCheckpoint, books: books + bookCountDelta(written) };',
    'finalCheckpoint;',
  ]),
  mutant(
    'gets the start page token after the listing',
    'plan/reconcile.ts',
    [startToken, ''],
    [listing, listing + startToken],
  ),
  mutant('overwrites a checkpoint that another run updated', 'catalog/catalog.ts', [
    'if (replaces) batch.update(state, fields, { lastUpdateTime: replaces });\n        else batch.create(state, fields);',
    'batch.set(state, fields);',
  ]),
  mutant(
    'keeps writing after another run updated the checkpoint',
    'write/write-batches.ts',
    ['isEnd, replaces }: BatchEnd', 'isEnd, replaces: began }: BatchEnd'],
    ['let changes = batch;', 'let changes = batch;\n  let replaces = began;'],
    [
      'if (!updateTime || !catalog.wrote(now.checkpoint)) throw new CheckpointConflict();',
      'if (!updateTime || !catalog.wrote(now.checkpoint)) { replaces = updateTime; continue; }',
    ],
  ),
  mutant('keeps reading the changes feed after the settings changed', 'plan/choose-mode.ts', [
    'checkpoint.settings !== fingerprint',
    'false',
  ]),
];

const listingMutants: readonly Mutant[] = [
  mutant('removes books after an incomplete listing', 'plan/reconcile.ts', [
    afterIncomplete,
    'if (incompleteReason) return { ...withoutRemovals, removals: plan.removals, incompleteReason };',
  ]),
  mutant('advances the page token after an incomplete listing', 'plan/reconcile.ts', [
    afterIncomplete,
    'if (incompleteReason) return { ...withoutRemovals, finalCheckpoint: fresh, incompleteReason };',
  ]),
  mutant('treats an incomplete response as complete', 'drive/listing.ts', [
    'if (page.incomplete)',
    'if (false)',
  ]),
  mutant('removes files that moved during the listing', 'plan/reconcile.ts', [
    '!incompleteReason && plan.removals.length > 0\n',
    'false\n',
  ]),
  mutant('does not verify the root again after the listing', 'plan/reconcile.ts', [
    '  await verifyRoot(drive, settings.folder);\n\n',
    '',
  ]),
  mutant('reads only the first page of a folder', 'drive/listing.ts', [
    'pageToken = page.nextPageToken;',
    'pageToken = undefined;',
  ]),
  {
    name: 'lists two folders in one query',
    edits: [
      {
        file: 'functions/sync/drive/listing.ts',
        original: 'level.map((folder) => limit(() => listWhole(context, folder, found)))',
        replacement:
          'level.flatMap((folder, n) => n % 2 ? [] : limit(() => listWhole(context, { ...folder, id: level.slice(n, n + 2).map(({ id }) => id).join(" ") }, found)))',
      },
      {
        file: 'functions/sync/drive/listing.ts',
        original: 'found.folders.add(folder.id);',
        replacement: 'for (const id of folder.id.split(" ")) found.folders.add(id);',
      },
      {
        file: 'functions/sync/drive/client.ts',
        original: 'listFolder: ({ id, sharedDriveId, resourceKey }, pageToken) =>',
        replacement:
          'listFolder: ({ id: ids, sharedDriveId, resourceKey }, pageToken, id = ids.replace(" ", "\' in parents or \'")) =>',
      },
    ],
  },
  mutant('does not follow shortcuts to files', 'drive/shortcuts.ts', [
    'if (context.isBook(target)) await takeBook(context, target, found);',
    '',
  ]),
  mutant('does not follow shortcuts to folders', 'drive/shortcuts.ts', [
    'return [{ ...refOf(target), resourceKey }];',
    'return [];',
  ]),
  mutant(
    'forgets a broken shortcut',
    'drive/shortcuts.ts',
    ['if (targetId !== undefined) found.shortcuts.set(shortcut.id, targetId);', ''],
    [
      'if (target.mimeType === folderMimeType) return',
      'found.shortcuts.set(shortcut.id, target.id);\n  if (target.mimeType === folderMimeType) return',
    ],
  ),
];

const feedMutants: readonly Mutant[] = [
  mutant('ignores a folder that left the library', 'drive/changes.ts', [
    'if (!stays) return',
    'if (false) return',
  ]),
  mutant('does not list a folder that entered the library', 'drive/changes.ts', [
    'const found = await listLibrary(context, newFolders, ',
    'const found = await listLibrary(context, newFolders.slice(newFolders.length), ',
  ]),
  mutant('trusts a folder that may have been inaccessible when it was listed', 'drive/changes.ts', [
    'return Date.parse(changed) - Date.parse(listedUntil) < 3 * 3_600_000;',
    'return false;',
  ]),
  mutant('treats changed targets of shortcuts as outside the library', 'drive/changes.ts', [
    'targets.has(item.id) || (item.parent',
    '(item.parent',
  ]),
  mutant('reads only the first page of the changes feed', 'drive/changes.ts', [
    'pageToken = page.nextPageToken;',
    "return { kind: 'feed', entries, newToken: page.newStartPageToken ?? 'last' };",
  ]),
  mutant('reads one page of the changes feed per run', 'drive/changes.ts', [
    'pageToken = page.nextPageToken;',
    "return { kind: 'feed', entries, newToken: page.nextPageToken };",
  ]),
  mutant('keeps the first feed entry of a file instead of the last', 'drive/changes.ts', [
    'entries.set(entry.fileId, {',
    'if (!entries.has(entry.fileId)) entries.set(entry.fileId, {',
  ]),
  mutant(
    'removes books that the changes feed reports as gone without verifying the root',
    'plan/incremental.ts',
    ['await verifyRoot(drive, settings.folder);', '{}'],
  ),
  mutant('removes any number of books that the changes feed reports as gone', 'plan/incremental.ts', [
    'if (plan.removals.length > holdLimit(before.books))',
    'if (plan.removals.length > 1_000_000)',
  ]),
  mutant('advances the page token past a new folder that could not be listed', 'plan/incremental.ts', [
    'removals: [], finalCheckpoint: before, incompleteReason }',
    'removals: [], finalCheckpoint, incompleteReason }',
  ]),
];

const writeMutants: readonly Mutant[] = [
  mutant('overwrites a document that changed since it was read', 'catalog/catalog.ts', [
    'batch.update(document, fields, { lastUpdateTime: write.updateTime });',
    'batch.update(document, fields);',
  ]),
  mutant('overwrites an existing document when it adds a book', 'catalog/catalog.ts', [
    'batch.create(document, fields);',
    'batch.set(document, fields);',
  ]),
  mutant('skips changes that met a conflict', 'write/write-batches.ts', [
    'changes = changes.flatMap((change) => replan(change, now.documents.get(change.docId)) ?? []);',
    'changes = [];',
  ]),
];

const bookMutants: readonly Mutant[] = [
  mutant('overwrites a correction', 'plan/plan-book.ts', [
    'return isValid(field, value) && !isDeepStrictEqual(value, document.sync.written?.[field]) ? keep : wanted;',
    'return wanted;',
  ]),
  mutant('does not request that changed content is embedded again', 'plan/plan-book.ts', [
    'if (is_embedded === undefined || (changed && is_embedded !== false)) fields',
    'if (is_embedded === undefined) fields',
  ]),
  mutant('keeps removed_date on a restored book', 'plan/plan-book.ts', [
    "if (document.removed) clear.push('removed_date');",
    '',
  ]),
  mutant('uses the newer of two documents of a file', 'plan/planner.ts', [
    'return a.createdAt !== b.createdAt ? a.createdAt < b.createdAt',
    'return a.createdAt !== b.createdAt ? a.createdAt > b.createdAt',
  ]),
  mutant('does not adopt a document whose ID is not the file ID', 'plan/planner.ts', [
    'if (!document.removed) books += 1;',
    'if (docId !== fileId) return;\n      if (!document.removed) books += 1;',
  ]),
];

const guardMutants: readonly Mutant[] = [
  mutant('removes books that it reports as held', 'plan/guard.ts', [
    "removals: held && mode === 'reconcile' ? [] : removals,",
    'removals,',
  ]),
  mutant('removes any number of books without holding any', 'plan/guard.ts', [
    'return hold(removals.length, interimCheckpoint.held);',
    'return null;',
  ]),
  mutant('accepts an approval for any number of removals', 'plan/guard.ts', [
    'if (removals.length <= Math.max(holdLimit(books), request.approvedRemovals ?? 0)) return null;',
    'if (request.approvedRemovals !== undefined || removals.length <= holdLimit(books)) return null;',
  ]),
];

export const mutants: readonly Mutant[] = [
  ...checkpointMutants,
  ...listingMutants,
  ...feedMutants,
  ...writeMutants,
  ...bookMutants,
  ...guardMutants,
];
