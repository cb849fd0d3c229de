import { Kbd } from './kbd.tsx';

export interface KeyListProps {
  readonly rows: readonly { readonly keys: readonly string[]; readonly words: string }[];
}

/** All keys in two columns. */
export function KeyList({ rows }: KeyListProps) {
  return (
    <ul className="m-0 grid list-none grid-cols-[repeat(auto-fit,minmax(260px,1fr))] gap-x-8 gap-y-1.5 p-0">
      {rows.map(({ keys, words }) => (
        <li key={words} className="flex items-center justify-between gap-4">
          <span>{words}</span>
          <span className="flex gap-1">
            {keys.map(key => (
              <span key={key}>
                <span className="sr-only">{key}</span>
                <Kbd>{key}</Kbd>
              </span>
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}
