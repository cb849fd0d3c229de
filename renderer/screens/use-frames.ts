import { useCallback } from 'react';
import { useConsole } from '#renderer/stores/use-console.ts';

/** Hands `paint` to every frame until the returned function is called. Stable, so that effects can depend on it. */
export function useFrameLoop(): (paint: () => void) => () => void {
  const { clock } = useConsole();
  return useCallback(
    (paint: () => void) => {
      let cancel = (): void => undefined;
      const loop = (): void => {
        paint();
        cancel = clock.frame(loop);
      };
      loop();
      return () => cancel();
    },
    [clock],
  );
}
