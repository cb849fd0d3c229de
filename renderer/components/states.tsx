import type { ReactNode } from 'react';

/** The outline of a floor that is still being read. */
export function FloorSkeleton() {
  return (
    <div aria-busy="true" aria-label="Loading the floor" role="status" className="p-5">
      <div className="mb-7 grid grid-cols-3 gap-3">
        {[0, 1, 2].map(at => (
          <div key={at} className="skeleton h-[148px] rounded-[12px]" />
        ))}
      </div>
      {Array.from({ length: 9 }, (_, at) => (
        <div key={at} className="skeleton mb-[10px] h-[26px]" />
      ))}
    </div>
  );
}

/** The outline of a history that is still being read. */
export function HistorySkeleton() {
  return (
    <div aria-busy="true" aria-label="Loading the history" role="status" className="p-5">
      {Array.from({ length: 14 }, (_, at) => (
        <div key={at} className="skeleton mb-[10px] h-[26px]" />
      ))}
    </div>
  );
}

/** The outline of figures that are still being read. */
export function FiguresSkeleton() {
  return (
    <div aria-busy="true" aria-label="Loading the figures" role="status" className="max-w-[1120px] p-5">
      <div className="skeleton mb-8 h-[160px]" />
      {Array.from({ length: 9 }, (_, at) => (
        <div key={at} className="skeleton mb-[10px] h-[26px]" />
      ))}
    </div>
  );
}

/** The outline of a call that is still being read. */
export function CallSkeleton() {
  return (
    <div
      aria-busy="true"
      aria-label="Loading the call"
      role="status"
      className="flex min-h-0 flex-1 flex-col"
    >
      <div className="skeleton m-3 h-[169px]" />
      <div className="skeleton mx-3 h-[50px]" />
      <div className="flex flex-1 flex-col justify-end gap-3 p-5">
        {[70, 50, 80, 60].map(width => (
          <div key={width} className="skeleton h-5" style={{ width: `${width / 1.6}%` }} />
        ))}
      </div>
    </div>
  );
}

export interface TroubleProps {
  readonly title: string;
  readonly words: string;
  readonly code?: string;
  readonly children?: ReactNode;
}

/** Something is missing or went wrong: what happened, what to do, the code in small print. */
export function Trouble({ title, words, code, children }: TroubleProps) {
  return (
    <div className="mx-auto flex max-w-[420px] flex-1 flex-col items-center justify-center gap-2 p-8 text-center">
      <h2 className="m-0 text-[15px] font-semibold">{title}</h2>
      <p className="m-0 text-muted">{words}</p>
      {children}
      {code !== undefined && <small className="num mt-2 text-[11px] text-faint">{code}</small>}
    </div>
  );
}
