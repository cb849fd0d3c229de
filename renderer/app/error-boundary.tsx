import { Component, type ReactNode } from 'react';
import { Trouble } from '#renderer/components/states.tsx';

interface Props {
  readonly children: ReactNode;
}

/** A screen that cannot be drawn says so; calls go on without it. */
export class ErrorBoundary extends Component<Props, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { readonly broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    if (!this.state.broken) return this.props.children;
    return (
      <div className="flex h-full">
        <Trouble
          title="This window failed"
          words="The calls go on. Load the window again to see them."
          code="bug.invariant"
        >
          <button type="button" className="btn mt-2" onClick={() => window.location.reload()}>
            Load again
          </button>
        </Trouble>
      </div>
    );
  }
}
