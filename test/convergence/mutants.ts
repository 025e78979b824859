/**
 * Rules of the sync, each broken by a small edit of its source. The convergence test has to notice every one of them
 * (`npm run test:mutants`): one that survives is a hole in the test.
 *
 * Not here, because the catalog is the same without them: the precondition of a deletion (the document, planned again,
 * is deleted all the same), and the end of a cycle of shortcuts (a run without an end is no divergence).
 */

/** `rule` stands exactly once in the file; `broken` comes in its place. */
export interface Edit {
  file: string;
  rule: string;
  broken: string;
}

export interface Mutant {
  /** What the broken sync does. */
  name: string;
  edits: readonly Edit[];
}

function mutant(name: string, file: string, ...edits: readonly [rule: string, broken: string][]): Mutant {
  return { name, edits: edits.map(([rule, broken]) => ({ file: `functions/sync/${file}`, rule, broken })) };
}

const startToken = '  const pageToken = await drive.startPageToken(root.sharedDriveId);\n';
const listing = '  const found = await listLibrary({ drive, logs, isBook, onProgress }, [root]);\n';
const afterIncomplete = 'if (incompleteReason) return { ...withoutRemovals, incompleteReason };';

const ofTheCheckpoint: readonly Mutant[] = [
  mutant('saves the new token before the writes are done', 'write/write-batches.ts', [
    'isEnd ? finalCheckpoint : { ...interimCheckpoint, books: books + bookCountDelta(written) };',
    'finalCheckpoint;',
  ]),
  mutant(
    'takes the start token after the listing',
    'plan/reconcile.ts',
    [startToken, ''],
    [listing, listing + startToken],
  ),
  mutant('writes the checkpoint whoever wrote it meanwhile', 'catalog/catalog.ts', [
    'if (replaces) batch.update(state, fields, { lastUpdateTime: replaces });\n        else batch.create(state, fields);',
    'batch.set(state, fields);',
  ]),
  mutant(
    'writes on when it was overtaken',
    'write/write-batches.ts',
    ['isEnd, replaces }: BatchEnd', 'isEnd, replaces: began }: BatchEnd'],
    ['let changes = batch;', 'let changes = batch;\n  let replaces = began;'],
    [
      'if (!updateTime || !catalog.wrote(now.checkpoint)) throw new CheckpointConflict();',
      'if (!updateTime || !catalog.wrote(now.checkpoint)) { replaces = updateTime; continue; }',
    ],
  ),
  mutant('reads the feed on under other settings', 'plan/choose-mode.ts', [
    'checkpoint.settings !== fingerprint',
    'false',
  ]),
];

const ofTheListing: readonly Mutant[] = [
  mutant('drops what left the library where the listing was incomplete', 'plan/reconcile.ts', [
    afterIncomplete,
    'if (incompleteReason) return { ...withoutRemovals, removals: plan.removals, incompleteReason };',
  ]),
  mutant('moves the token past an incomplete listing', 'plan/reconcile.ts', [
    afterIncomplete,
    'if (incompleteReason) return { ...withoutRemovals, finalCheckpoint: fresh, incompleteReason };',
  ]),
  mutant('takes an incomplete answer for a whole one', 'drive/listing.ts', [
    'if (page.incomplete)',
    'if (false)',
  ]),
  mutant('removes what moved while it was listed', 'plan/reconcile.ts', [
    '!incompleteReason && plan.removals.length > 0\n',
    'false\n',
  ]),
  mutant('does not prove the root again after the listing', 'plan/reconcile.ts', [
    '  await verifyRoot(drive, settings.folder);\n\n',
    '',
  ]),
  mutant('reads the first page of a folder alone', 'drive/listing.ts', [
    'pageToken = page.nextPageToken;',
    'pageToken = undefined;',
  ]),
  {
    name: 'lists two folders in one question',
    edits: [
      {
        file: 'functions/sync/drive/listing.ts',
        rule: 'level.map((folder) => limit(() => listWhole(context, folder, found)))',
        broken:
          'level.flatMap((folder, n) => n % 2 ? [] : limit(() => listWhole(context, { ...folder, id: level.slice(n, n + 2).map(({ id }) => id).join(" ") }, found)))',
      },
      {
        file: 'functions/sync/drive/listing.ts',
        rule: 'found.folders.add(folder.id);',
        broken: 'for (const id of folder.id.split(" ")) found.folders.add(id);',
      },
      {
        file: 'functions/sync/drive/client.ts',
        rule: 'listFolder: ({ id, sharedDriveId, resourceKey }, pageToken) =>',
        broken:
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
  mutant('forgets a shortcut that dangles', 'drive/shortcuts.ts', [
    'if (targetId !== undefined) found',
    'if (targetId !== undefined && target && !target.trashed) found',
  ]),
];

const ofTheFeed: readonly Mutant[] = [
  mutant('ignores a folder that was moved', 'drive/changes.ts', ['if (!stays) return', 'if (false) return']),
  mutant('does not list a folder that came in', 'drive/changes.ts', [
    'const found = await listLibrary(context, newFolders, ',
    'const found = await listLibrary(context, newFolders.slice(newFolders.length), ',
  ]),
  mutant('trusts a folder that may have been away', 'drive/changes.ts', [
    'return Date.parse(changed) - Date.parse(listedUntil) < 3 * 3_600_000;',
    'return false;',
  ]),
  mutant('does not look for the targets of shortcuts', 'drive/changes.ts', [
    'targets.has(item.id) || (item.parent',
    '(item.parent',
  ]),
  mutant('reads the first page of the feed alone', 'drive/changes.ts', [
    'pageToken = page.nextPageToken;',
    "return { kind: 'feed', entries, newToken: page.newStartPageToken ?? 'last' };",
  ]),
  mutant('reads one page of the feed a run', 'drive/changes.ts', [
    'pageToken = page.nextPageToken;',
    "return { kind: 'feed', entries, newToken: page.nextPageToken };",
  ]),
  mutant('keeps the first entry of a file, not the last', 'drive/changes.ts', [
    'entries.set(entry.fileId, {',
    'if (!entries.has(entry.fileId)) entries.set(entry.fileId, {',
  ]),
  mutant('believes the feed that something went without a look at the root', 'plan/incremental.ts', [
    'await verifyRoot(drive, settings.folder);',
    '{}',
  ]),
  mutant('believes the feed however much it takes away', 'plan/incremental.ts', [
    'if (plan.removals.length > removalLimit(before.books))',
    'if (plan.removals.length > 1_000_000)',
  ]),
  mutant('moves the token past a folder that came in and could not be listed', 'plan/incremental.ts', [
    'removals: [], finalCheckpoint: before, incompleteReason }',
    'removals: [], finalCheckpoint, incompleteReason }',
  ]),
];

const ofTheWrites: readonly Mutant[] = [
  mutant('writes over a document that changed since it was read', 'catalog/catalog.ts', [
    'batch.update(document, fields, { lastUpdateTime: write.updateTime });',
    'batch.update(document, fields);',
  ]),
  mutant('adds over what is there', 'catalog/catalog.ts', [
    'batch.create(document, fields);',
    'batch.set(document, fields);',
  ]),
  mutant('passes over what met a conflict', 'write/write-batches.ts', [
    'changes = changes.flatMap((change) => replan(change, now.documents.get(change.docId)) ?? []);',
    'changes = [];',
  ]),
];

const ofTheBook: readonly Mutant[] = [
  mutant('overwrites a correction', 'plan/plan-book.ts', [
    'return isValid(field, value) && !isDeepStrictEqual(value, document.sync.written?.[field]) ? keep : wanted;',
    'return wanted;',
  ]),
  mutant('does not ask for changed content to be embedded anew', 'plan/plan-book.ts', [
    'if (is_embedded === undefined || (changed && is_embedded !== false)) fields',
    'if (is_embedded === undefined) fields',
  ]),
  mutant('leaves the removed mark on a book that came back', 'plan/plan-book.ts', [
    "if (document.removed) clear.push('removed_date');",
    '',
  ]),
  mutant('lets the younger of two documents count', 'plan/planner.ts', [
    'return a.createdAt !== b.createdAt ? a.createdAt < b.createdAt',
    'return a.createdAt !== b.createdAt ? a.createdAt > b.createdAt',
  ]),
  mutant('does not adopt a document with an id of its own', 'plan/planner.ts', [
    'if (!document.removed) books += 1;',
    'if (docId !== fileId) return;\n      if (!document.removed) books += 1;',
  ]),
];

const ofTheGuard: readonly Mutant[] = [
  mutant('removes however many are gone', 'plan/guard.ts', [
    "removals: held && mode === 'reconcile' ? [] : removals,",
    'removals,',
  ]),
  mutant('holds nothing and says nothing', 'plan/guard.ts', [
    'return hold(removals.length, interimCheckpoint.held);',
    'return null;',
  ]),
  mutant('takes an approval for one of any number', 'plan/guard.ts', [
    'if (removals.length <= Math.max(removalLimit(books), request.approvedRemovals ?? 0)) return null;',
    'if (request.approvedRemovals !== undefined || removals.length <= removalLimit(books)) return null;',
  ]),
];

export const mutants: readonly Mutant[] = [
  ...ofTheCheckpoint,
  ...ofTheListing,
  ...ofTheFeed,
  ...ofTheWrites,
  ...ofTheBook,
  ...ofTheGuard,
];
