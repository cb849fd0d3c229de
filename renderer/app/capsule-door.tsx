import { useEffect, useRef, useState } from 'react';
import { useConsole } from '#renderer/stores/use-console.ts';
import { CAPSULE_SUFFIX } from '#shared/protocol/capsule.ts';

/**
 * Where capsules come in from: the chooser of the button and the palette, and whatever is dropped on the window. What is dropped and is
 * no capsule is refused in words, and the page never goes to it (ARC14). Places with a use of their own for a file take it first.
 */
export function CapsuleDoor() {
  const { archive } = useConsole();
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setIsOver] = useState(false);
  useEffect(() => archive.chooseWith(() => input.current?.click()), [archive]);
  useEffect(() => {
    const over = (event: DragEvent): void => {
      setIsOver(!event.defaultPrevented && holdsFiles(event));
      if (isOurs(event)) event.preventDefault();
    };
    const leave = (event: DragEvent): void => {
      if (!(event.relatedTarget instanceof Node)) setIsOver(false);
    };
    const drop = (event: DragEvent): void => {
      setIsOver(false);
      if (!isOurs(event)) return;
      event.preventDefault();
      void archive.openFiles([...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, [archive]);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={CAPSULE_SUFFIX}
        aria-label="Capsule file"
        className="hidden"
        onChange={event => {
          const files = [...(event.target.files ?? [])];
          event.target.value = '';
          if (files.length > 0) void archive.openFiles(files);
        }}
      />
      {isOver && (
        <div
          role="status"
          className="drop-here pointer-events-none fixed inset-3 z-50 grid place-items-center text-center text-[16px]"
        >
          Drop a capsule here: it opens read only
        </div>
      )}
    </>
  );
}

const holdsFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') === true;

/** Files always; words only where they could not be put into a text. */
function isOurs(event: DragEvent): boolean {
  if (event.defaultPrevented) return false;
  const target = event.target instanceof Element ? event.target : null;
  return holdsFiles(event) || target?.closest('input, textarea, [contenteditable="true"]') === null;
}
