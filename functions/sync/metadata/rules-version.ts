/** The rules that make a description of a file name. */

/** Raised whenever a file name may give another answer than before; the checkpoint remembers it. */
export const rulesVersion = 2;
