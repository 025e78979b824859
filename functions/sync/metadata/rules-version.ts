/** The version of the rules that read file names. */

/** Raise this whenever a file name may be read differently than before. The checkpoint stores it. */
export const rulesVersion = 2;
