const STAGES = [
  { key: 'endOfTurnMs', words: 'Turn end', hue: 'var(--caller)' },
  { key: 'retrievalMs', words: 'Search', hue: 'var(--c)' },
  { key: 'modelMs', words: 'Model', hue: 'var(--b)' },
  { key: 'gateMs', words: 'Gate', hue: 'var(--warn)' },
  { key: 'holdBackMs', words: 'Hold-back', hue: 'var(--faint)' },
  { key: 'voiceMs', words: 'Voice', hue: 'var(--a)' },
] as const;

/** Where the time between the caller's last word and the AI's first went. */
export function FirstWordBar({ measure }: { readonly measure: Readonly<Record<string, number | null>> }) {
  const stages = STAGES.flatMap(({ key, words, hue }) => {
    const spentMs = measure[key];
    return spentMs === null || spentMs === undefined ? [] : [{ key, words, hue, spentMs }];
  });
  const known = stages.reduce((sum, { spentMs }) => sum + spentMs, 0);
  const totalMs = Math.max(known, measure['firstAudioMs'] ?? 0, 1);
  const out = totalMs - known;
  return (
    <div>
      <div
        className="keeps-colour mb-2 flex h-2 gap-px overflow-hidden rounded-full bg-line"
        aria-hidden="true"
      >
        {stages.map(({ key, hue, spentMs }) => (
          <span key={key} style={{ width: `${(spentMs / totalMs) * 100}%`, background: hue }} />
        ))}
      </div>
      <p className="m-0 flex flex-wrap gap-x-3 text-[12px] text-muted">
        {stages.map(({ key, words, spentMs }) => (
          <span key={key}>
            {words} {Math.round(spentMs)}
          </span>
        ))}
        {out >= 1 && <span>Out {Math.round(out)}</span>}
      </p>
    </div>
  );
}
