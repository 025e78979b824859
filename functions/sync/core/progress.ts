/** Progress of a long run, for display. Not used in production, where the log says what was done. */

export type ProgressStep =
  /** Folders listed, and books found in them. */
  | { step: 'listing'; folders: number; files: number }
  /** Catalog documents compared with the library. */
  | { step: 'comparing'; documents: number }
  /** Books of the current batch whose content was read, if embedded metadata is on. */
  | { step: 'contents'; done: number; total: number }
  /** Changes committed. Writes by another program can make some of them unnecessary along the way. */
  | { step: 'writing'; done: number; total: number };

export type OnProgress = (step: ProgressStep) => void;
