/** Marks a branch the types say cannot be reached; throws if the outside world reached it anyway. */
export function assertNever(value: never, what: string): never {
  throw new Error(`unexpected ${what}: ${JSON.stringify(value)}`);
}
