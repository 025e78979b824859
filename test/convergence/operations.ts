/** What can happen in a history, as plain data. Targets are numbers: whatever is there is taken modulo its count. */

export type What = 'file' | 'folder' | 'shortcut';

/** Somebody changes something in Drive. */
export type DriveOperation =
  | { kind: 'add'; place: number; name: number }
  /** A new folder with so many new books: enough to trip the removal guard when it goes. */
  | { kind: 'addShelf'; place: number; count: number }
  | { kind: 'makeFolder'; place: number }
  | { kind: 'link'; place: number; to: 'file' | 'folder' | 'nothing'; item: number }
  | { kind: 'edit'; item: number; keepsTime: boolean }
  | { kind: 'rename'; what: What; item: number; name: number }
  | { kind: 'move'; what: What; item: number; place: number }
  | { kind: 'trash' | 'delete' | 'hide'; what: What; item: number }
  /** Every file of a folder goes, one by one, and the folder stays: a removal that only the feed's entries tell of. */
  | { kind: 'clear'; item: number; how: 'trash' | 'delete' }
  /** Undo one of the above that still can be. */
  | { kind: 'untrash' | 'show'; item: number }
  | { kind: 'view'; item: number }
  /** The root, or the folder above it, goes away or comes back. */
  | { kind: 'root'; how: 'hide' | 'trash'; above: boolean };

/** Somebody else changes something in Firestore. */
export type CatalogOperation =
  | { kind: 'correct'; document: number; field: 'title' | 'author' | 'year'; blank: boolean }
  | { kind: 'embed'; document: number }
  | { kind: 'foreign'; how: 'unlinked' | 'double' | 'stranger' | 'inTheWay'; item: number; rich: boolean };

/** How Drive's feed behaves from now on, or a setting of ours. */
export type WeatherOperation =
  | { kind: 'delay'; entries: number }
  | { kind: 'repeat' }
  | { kind: 'expireFeed'; status: 400 | 410 }
  | { kind: 'expireAccess' }
  | { kind: 'removals' };

/** A point of a run: just before the n-th request of a kind leaves it. */
export interface Moment {
  on: 'any' | 'start' | 'feed' | 'list' | 'item' | 'query' | 'commit';
  nth: number;
}

export type TickKind = 'plain' | 'reconcile' | 'approve';

export type Trouble =
  | { kind: 'none' }
  | { kind: 'meanwhile'; at: Moment; operations: (DriveOperation | CatalogOperation)[] }
  /** The process dies; `delivered`: its last request still arrived. */
  | { kind: 'kill'; at: Moment; delivered: boolean }
  /** The n-th call, or the n-th listing of a folder, goes wrong. */
  | { kind: 'driveFault'; on: 'any' | 'list'; nth: number; fault: number }
  | { kind: 'catalogFault'; at: Moment; how: 'cut' | 'answerLost' | 'unavailable' | 'aborted' }
  /** Another run goes from its beginning to a moment of its own (or its end) at a moment of this one. */
  | {
      kind: 'overlap';
      at: Moment;
      /** What happens before the other run begins: it knows more than this one. */
      operations: (DriveOperation | CatalogOperation)[];
      request: TickKind;
      until: Moment | undefined;
    };

export interface RunOperation {
  kind: 'run';
  request: TickKind;
  /** Hours have passed since the run before, where that makes a difference. */
  hoursLater: boolean;
  trouble: Trouble;
}

export type Operation = DriveOperation | CatalogOperation | WeatherOperation | RunOperation;

/** Where a history begins. */
export interface Beginning {
  sharedDrive: boolean;
  removals: 'mark' | 'delete';
  files: number;
  folders: number;
  /** More books than fit one commit, so that a run can die between two commits. */
  large: boolean;
  /** Shortcuts may lead to folders: where one does, the sync looks at folders that change from the root. */
  folderLinks: boolean;
  /** Where the files and folders lie. */
  layout: number;
  /** Sizes of Drive's pages; empty: full. */
  pages: number[];
  missingFolder: 'empty' | 'notFound';
}

export interface History {
  beginning: Beginning;
  operations: Operation[];
}
