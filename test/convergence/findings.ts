/**
 * Switches for situations that the sync once handled incorrectly. Set one to `false` to keep its situation out of the
 * histories until the sync is fixed. All are `true` now. The numbers are those of the original bug report.
 */
export const allowed: {
  /** 1: A folder above the root is hidden or trashed, and later restored. */
  hidingAboveRoot: boolean;
  /** 2: Shortcuts to folders, including shortcuts that are, or later move, inside their own target. */
  folderShortcuts: boolean;
  /** 3: A folder is hidden or trashed during a run, so that its listing is empty, and later restored. */
  hidingFolderDuringRun: boolean;
  /** An entry of a binary file lacks `md5Checksum`. */
  entriesWithoutChecksum: boolean;
} = {
  hidingAboveRoot: true,
  folderShortcuts: true,
  hidingFolderDuringRun: true,
  entriesWithoutChecksum: true,
};
