import type { ReactNode } from 'react';

export interface SideSectionProps {
  readonly title: string;
  readonly aside?: string;
  readonly children: ReactNode;
}

/** One block of a side column, under a hairline. */
export function SideSection({ title, aside, children }: SideSectionProps) {
  return (
    <section className="border-b border-line-2 px-4 py-3.5 last:border-b-0">
      <h2 className="mt-0 mb-2 flex items-baseline justify-between text-[12.5px] font-semibold text-muted">
        {title}
        {aside !== undefined && <span className="num font-medium text-text">{aside}</span>}
      </h2>
      {children}
    </section>
  );
}

export interface FactRow {
  readonly name: string;
  readonly value: ReactNode;
  readonly bad?: boolean;
}

/** Names and values in two columns. */
export function Facts({ rows }: { readonly rows: readonly FactRow[] }) {
  return (
    <dl className="grid grid-cols-[126px_minmax(0,1fr)] gap-x-2.5 gap-y-1">
      {rows.map(({ name, value, bad }) => (
        <div key={name} className="contents">
          <dt className="truncate text-faint" title={name}>
            {name}
          </dt>
          <dd className={`m-0 ${bad ? 'text-veto' : ''}`}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Short lines with dots. */
export function Bullets({ lines }: { readonly lines: readonly string[] }) {
  return (
    <ul className="m-0 list-disc space-y-1 pl-4 text-muted marker:text-faint">
      {lines.map(line => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

export interface SideTabProps<Name extends string> {
  readonly tabs: readonly { readonly name: Name; readonly words: string; readonly count?: number }[];
  readonly chosen: Name;
  readonly onChoose: (name: Name) => void;
}

/** The tabs over the side column; arrow keys move between them. */
export function SideTabs<Name extends string>({ tabs, chosen, onChoose }: SideTabProps<Name>) {
  const move = (step: number): void => {
    const at = tabs.findIndex(tab => tab.name === chosen);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    onChoose(next.name);
    document.getElementById(`tab-${next.name}`)?.focus();
  };
  return (
    <div
      role="tablist"
      aria-label="About this call"
      className="flex h-10 flex-none gap-3.5 overflow-x-auto overflow-y-hidden border-b border-line-2 px-4"
      onKeyDown={event => {
        if (event.key === 'ArrowRight') move(1);
        if (event.key === 'ArrowLeft') move(-1);
      }}
    >
      {tabs.map(({ name, words, count }) => (
        <button
          key={name}
          id={`tab-${name}`}
          type="button"
          role="tab"
          aria-selected={name === chosen}
          aria-controls="side-panel"
          tabIndex={name === chosen ? 0 : -1}
          className={`-mb-px flex-none border-b-2 font-medium ${name === chosen ? 'border-text text-text' : 'border-transparent text-muted hover:text-text'}`}
          onClick={() => onChoose(name)}
        >
          {words}
          {count !== undefined && count > 0 && (
            <span className="num ml-1.5 text-[12px] leading-none">{count}</span>
          )}
        </button>
      ))}
    </div>
  );
}
