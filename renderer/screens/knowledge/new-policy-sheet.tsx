import { useId, useState } from 'react';
import { Sheet } from '#renderer/components/sheet.tsx';
import { policyNameOf } from '#shared/domain/document-space.ts';
import { policyNameProblem } from '#renderer/stores/policy-draft.ts';
import { useConsole, useKnowledgeList } from '#renderer/stores/use-console.ts';

/** Asks for the name of a new policy: it stands in verdicts and cannot be changed later. */
export function NewPolicySheet({ onClose }: { readonly onClose: () => void }) {
  const { knowledge } = useConsole();
  const items = useKnowledgeList(state => state.items);
  const [name, setName] = useState('');
  const [isTried, setIsTried] = useState(false);
  const id = useId();
  const problem = policyNameProblem(
    name.trim(),
    items.map(({ docId }) => policyNameOf(docId)),
  );
  return (
    <Sheet label="New policy" onClose={onClose}>
      <form
        onSubmit={event => {
          event.preventDefault();
          setIsTried(true);
          if (problem !== null) return;
          onClose();
          void knowledge.beginPolicy(name.trim());
        }}
      >
        <h2 className="mt-0 mb-2 text-[15px] font-semibold">New policy</h2>
        <label htmlFor={id} className="mb-1 block text-muted">
          Name, as it stands in verdicts
        </label>
        <input
          id={id}
          className="field num"
          autoComplete="off"
          spellCheck={false}
          maxLength={40}
          aria-describedby={`${id}-problem`}
          value={name}
          onChange={event => setName(event.target.value)}
        />
        <p id={`${id}-problem`} role="status" className="mt-1 mb-4 min-h-[18px] text-[12px] text-muted">
          {isTried && problem !== null ? problem : ''}
        </p>
        <div className="flex justify-end gap-2">
          <button type="button" className="btn" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" className="btn btn-solid">
            Begin
          </button>
        </div>
      </form>
    </Sheet>
  );
}
