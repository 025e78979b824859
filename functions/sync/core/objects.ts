/**
 * Returns the value if it is an object with fields, as in JSON or Firestore data; otherwise undefined, also for
 * arrays.
 */
export function asObject(value: unknown): Record<string, unknown> | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
