import { Fragment } from 'react';
import { SideSection } from '#renderer/components/side-column.tsx';
import { clauseFaultWords } from '#shared/domain/policy-text.ts';
import { policyDraftOf } from '#renderer/stores/policy-draft.ts';
import { useArticle, useUi } from '#renderer/stores/use-console.ts';
import { TestBox } from './article-side.tsx';

const CHANGE_WORDS = { new: 'New', changed: 'Changed', gone: 'Taken away' } as const;

/** What the clauses of a policy are, where each stands, and what a caller would be answered now. */
export function PolicySide() {
  const article = useArticle(state => (state.name === 'open' ? state : null));
  const sideOpen = useUi(state => state.sideOpen);
  const draft = article && policyDraftOf(article);
  if (!article || !draft) return null;
  const { clauses, changes, faults } = draft;
  const gone = changes.filter(({ what }) => what === 'gone').map(({ name }) => name);
  return (
    <aside
      aria-label="About this policy"
      className={`side w-[336px] flex-none flex-col overflow-y-auto border-l border-line-2 bg-panel ${sideOpen ? 'side-open' : ''}`}
    >
      {faults.length > 0 && (
        <SideSection title="What is wrong" aside={String(faults.length)}>
          <ul className="m-0 list-none space-y-2 p-0">
            {faults.map(fault => (
              <li key={clauseFaultWords(fault)}>{clauseFaultWords(fault)}</li>
            ))}
          </ul>
        </SideSection>
      )}
      <SideSection title="Clauses" aside={String(clauses.length)}>
        <dl className="m-0 grid grid-cols-[minmax(0,1fr)_auto] gap-x-3 gap-y-1.5">
          {[...clauses, ...gone].map((name, at) => {
            const change = changes.find(one => one.name === name);
            return (
              <Fragment key={`${name} ${String(at)}`}>
                <dt className="num truncate" title={name}>
                  {name}
                </dt>
                <dd className={`m-0 text-[12px] ${change ? 'text-accent' : 'text-muted'}`}>
                  {change ? CHANGE_WORDS[change.what] : faults.length > 0 ? '' : 'In force'}
                </dd>
              </Fragment>
            );
          })}
        </dl>
      </SideSection>
      <TestBox article={article} />
    </aside>
  );
}
