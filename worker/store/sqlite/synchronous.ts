/** What a book promises, for who is on the database's own thread. */
export type Synchronous<Book> = {
  readonly [Method in keyof Book]: Book[Method] extends (...args: infer Args) => Promise<infer Value>
    ? (...args: Args) => Value
    : never;
};
