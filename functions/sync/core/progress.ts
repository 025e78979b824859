/** How far a long run has come, for whoever watches it. Production watches nothing: its log says what was done. */

export type ProgressStep =
  /** Folders listed to their end, and books found in them. */
  | { step: 'listing'; folders: number; files: number }
  /** Documents of the catalog compared with the library. */
  | { step: 'comparing'; documents: number }
  /** Books of the batch at hand whose content was looked into, where that is asked for. */
  | { step: 'contents'; done: number; total: number }
  /** Changes committed. Another program may take some away while they are being written. */
  | { step: 'writing'; done: number; total: number };

export type OnProgress = (step: ProgressStep) => void;
