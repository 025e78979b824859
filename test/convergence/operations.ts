/**
 * The operations of a history, as plain data.
 *
 * An operation names its target by a number, because a history is generated before it is known what exists when the
 * operation is played. The number selects one of the existing items, modulo their count (picking.ts).
 */

export type ItemKind = 'file' | 'folder' | 'shortcut';

/** A person changes something in Drive. */
export type DriveOperation =
  | { kind: 'add'; place: number; name: number }
  /** Adds a folder with `count` new books: enough to exceed the removal guard's limit when the folder is removed. */
  | { kind: 'addFolderOfBooks'; place: number; count: number }
  | { kind: 'addFolder'; place: number }
  | { kind: 'addShortcut'; place: number; to: 'file' | 'folder' | 'nothing'; item: number }
  /** Changes the content of a file. `keepsTime`: its modification time stays the same. */
  | { kind: 'edit'; item: number; keepsTime: boolean }
  | { kind: 'rename'; what: ItemKind; item: number; name: number }
  | { kind: 'move'; what: ItemKind; item: number; place: number }
  /** `hide`: the item is no longer accessible to the sync's account, as if unshared. */
  | { kind: 'trash' | 'delete' | 'hide'; what: ItemKind; item: number }
  /** Removes every file of a folder, one by one, and keeps the folder. Only entries of the files report the removal. */
  | { kind: 'clear'; item: number; how: 'trash' | 'delete' }
  /** Undoes a `trash` or a `hide`. */
  | { kind: 'untrash' | 'show'; item: number }
  | { kind: 'view'; item: number }
  /** Hides or trashes the root, or the folder above it; if that has been done already, undoes it. */
  | { kind: 'root'; how: 'hide' | 'trash'; above: boolean };

/** A person or another program changes something in Firestore. */
export type CatalogOperation =
  | { kind: 'correct'; document: number; field: 'title' | 'author' | 'year'; blank: boolean }
  | { kind: 'embed'; document: number }
  /** Another program adds a document. `embedded`: a duplicate also has the fields that the embedder writes. */
  | { kind: 'addForeign'; how: ForeignKind; item: number; embedded: boolean };

/**
 * What a foreign document is, that is, one that another program added:
 *
 * - `noFileId`: it has no `drive_id`.
 * - `duplicate`: its `drive_id` names a file that exists.
 * - `unknownFile`: its `drive_id` names a file that never existed.
 * - `takenId`: it has no `drive_id`, but its document ID is the ID of a file, so the sync's own add conflicts with it.
 */
export type ForeignKind = 'noFileId' | 'duplicate' | 'unknownFile' | 'takenId';

/** Changes how Drive behaves from now on, or a setting of the sync. */
export type ConditionOperation =
  | { kind: 'delayFeed'; entries: number }
  | { kind: 'repeatFeedEntries' }
  | { kind: 'expirePageTokens'; status: 400 | 410 }
  | { kind: 'expireAccessTokens' }
  | { kind: 'switchRemovals' };

/** A moment of a run: just before it sends its n-th request of a kind (see `RequestKind` in run-proxy.ts). */
export interface Moment {
  on: 'any' | 'startPageToken' | 'changes' | 'list' | 'get' | 'query' | 'commit';
  nth: number;
}

/** What a run was requested to do. `approve` approves the removals that are held at that time. */
export type RunRequestKind = 'plain' | 'reconcile' | 'approve';

/** What disturbs a run. */
export type Disturbance =
  | { kind: 'none' }
  /** Something changes in Drive or Firestore at a moment of the run. */
  | { kind: 'change'; at: Moment; operations: (DriveOperation | CatalogOperation)[] }
  /** The process is killed. `delivered`: its last request still arrives. */
  | { kind: 'kill'; at: Moment; delivered: boolean }
  /** The n-th call to Drive, or the n-th `files.list` call, meets a fault. */
  | { kind: 'driveFault'; on: 'any' | 'list'; nth: number; fault: number }
  | { kind: 'firestoreFault'; at: Moment; how: 'disconnect' | 'dropResponse' | 'unavailable' | 'aborted' }
  /** This run pauses at a moment while another run goes from its start to its end, or to a moment of its own. */
  | {
      kind: 'overlap';
      at: Moment;
      /** What changes before the other run starts, so that the other run has newer information than this one. */
      operations: (DriveOperation | CatalogOperation)[];
      request: RunRequestKind;
      until: Moment | undefined;
    };

export interface RunOperation {
  kind: 'run';
  request: RunRequestKind;
  /** Before the run, makes the sync believe that hours have passed since the last listing. */
  hoursLater: boolean;
  disturbance: Disturbance;
}

export type Operation = DriveOperation | CatalogOperation | ConditionOperation | RunOperation;

/** The state in which a history starts. */
export interface InitialState {
  sharedDrive: boolean;
  removals: 'mark' | 'delete';
  files: number;
  folders: number;
  /** Whether there are more books than fit in one commit, so that a run can be killed between two commits. */
  large: boolean;
  /**
   * Whether shortcuts may point to folders. If one does, the sync reconciles when a folder changes.
   */
  folderShortcuts: boolean;
  /** Determines where the initial files and folders are. */
  layout: number;
  /** Sizes of the pages that Drive returns; if empty, pages are full. */
  pages: number[];
  /** What Drive returns for the listing of a folder that is missing. */
  missingFolder: 'empty' | 'notFound';
}

export interface History {
  initial: InitialState;
  operations: Operation[];
}
