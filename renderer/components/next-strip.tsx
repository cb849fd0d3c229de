import { KeyButton } from './key-button.tsx';
import { useLeadPaint, type LeadProps } from './lead-paint.ts';

export interface NextStripProps extends LeadProps {
  readonly text: string;
  readonly citations: readonly number[];
  readonly mayVeto: boolean;
  readonly mayHold: boolean;
  readonly vetoKey: string;
  readonly holdKey: string;
  readonly onVeto: () => void;
  readonly onHold: () => void;
}

/** The next sentence, the time until the caller hears it, and the keys that stop it. */
export function NextStrip(props: NextStripProps) {
  const { held } = props;
  const [figure, line] = useLeadPaint(props);
  return (
    <section
      aria-label="About to say"
      className="strip relative flex min-h-[62px] flex-none items-center gap-4 border-b border-line px-5 py-2 max-[700px]:flex-wrap"
    >
      <div className="strip-label w-[80px] flex-none leading-[1.5]">
        <div className="text-[12px] font-semibold text-lane-b">About to say</div>
        <div className="num text-[12px] whitespace-nowrap text-muted">
          <span ref={figure} data-testid="lead" />
        </div>
      </div>
      <p className="strip-text m-0 min-w-0 flex-1 text-[15px]">
        {props.text}
        {props.citations.map(number => (
          <sup key={number} className="ml-0.5 text-[11px] font-semibold text-lane-b">
            {number}
          </sup>
        ))}
      </p>
      <div className="flex gap-2">
        {props.mayVeto && <KeyButton label="Veto" shortcut={props.vetoKey} onPress={props.onVeto} />}
        {props.mayHold && (
          <KeyButton
            label={held ? 'Resume' : 'Hold'}
            shortcut={props.holdKey}
            pressed={held}
            onPress={props.onHold}
          />
        )}
      </div>
      <div
        ref={line}
        className="keeps-colour absolute inset-x-0 bottom-0 h-0.5 origin-left"
        style={{ background: held ? 'var(--warn)' : 'var(--b)' }}
      />
    </section>
  );
}
