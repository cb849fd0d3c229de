import { useEffect, useState, type FormEvent } from 'react';
import { useStore } from 'zustand';
import type { ToldAccount } from '#shared/domain/account.ts';
import { roleSchema, type Role } from '#shared/domain/roles.ts';
import { Sheet } from '#renderer/components/sheet.tsx';
import { tellError } from '#renderer/stores/supervise.ts';
import { useConsole, useDesk } from '#renderer/stores/use-console.ts';
import { ROLE_WORDS, STATUS_WORDS } from './role-words.ts';

const ROLES = roleSchema.options;

/** Everybody who has an account of the org, for admins (ACC24). */
export function PeopleSettings() {
  const { accounts } = useConsole();
  const people = useStore(accounts.people);
  useEffect(() => void accounts.list(), [accounts]);
  return (
    <>
      {people.error && (
        <p role="alert" className="m-0 mb-2 text-veto">
          {people.error.message} <small className="num text-[11px] text-muted">{people.error.code}</small>
        </p>
      )}
      {people.accounts === null && !people.error && (
        <p role="status" className="m-0 text-muted">
          Loading the people…
        </p>
      )}
      {people.accounts !== null && (
        <ul className="m-0 list-none p-0" aria-label="People">
          {people.accounts.map(account => (
            <PersonRow key={account.userId} account={account} />
          ))}
        </ul>
      )}
      <InviteForm />
      {people.shown && (
        <Sheet label="Temporary password" onClose={() => accounts.putAway()} className="w-[400px]">
          <div className="flex flex-col gap-3 p-5">
            <h2 className="m-0 text-[16px] font-semibold">Temporary password</h2>
            <p className="m-0 text-muted">
              Give it to {people.shown.name}. It is good once, within seven days, and is not shown again.
            </p>
            <output className="num select-all text-[15px]">{people.shown.temporaryPassword}</output>
            <button type="button" data-first className="btn btn-40" onClick={() => accounts.putAway()}>
              I have it
            </button>
          </div>
        </Sheet>
      )}
    </>
  );
}

function PersonRow({ account }: { readonly account: ToldAccount }) {
  const { accounts, ui } = useConsole();
  const me = useDesk(state => (state.name === 'ready' ? state.user.userId : ''));
  const tell = (refused: Promise<Parameters<typeof tellError>[1] | null>): void =>
    void refused.then(error => error && tellError(ui, error));
  const { userId, name, email, role, status } = account;
  const isOff = status === 'deactivated';
  return (
    <li className="setting flex-wrap">
      <span className={isOff ? 'text-muted' : ''}>
        {name} <small className="text-muted">{email}</small>
        {status !== 'active' && <small className="ml-2 text-muted">{STATUS_WORDS[status]}</small>}
      </span>
      <span className="flex flex-wrap items-center gap-2">
        <RoleChoice
          label={`Role of ${name}`}
          role={role}
          onChoose={next => tell(accounts.change({ userId, role: next }))}
        />
        <button
          type="button"
          className="btn"
          aria-label={`New password for ${name}`}
          onClick={() => tell(accounts.resetPassword(account))}
        >
          New password
        </button>
        {userId !== me && (
          <button
            type="button"
            className={`btn ${isOff ? '' : 'btn-danger'}`}
            aria-label={`${isOff ? 'Let in' : 'Deactivate'} ${name}`}
            onClick={() => tell(accounts.change({ userId, status: isOff ? 'active' : 'deactivated' }))}
          >
            {isOff ? 'Let in' : 'Deactivate'}
          </button>
        )}
      </span>
    </li>
  );
}

function InviteForm() {
  const { accounts, ui } = useConsole();
  const [wish, setWish] = useState({ name: '', email: '', role: 'agent' as Role });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void accounts.invite(wish).then(error => {
      if (error) tellError(ui, error);
      else setWish({ name: '', email: '', role: 'agent' });
    });
  };
  return (
    <form className="mt-3 flex flex-wrap items-center gap-2" aria-label="Invite somebody" onSubmit={submit}>
      <input
        className="field w-[150px]"
        aria-label="Name"
        placeholder="Name"
        required
        value={wish.name}
        onChange={event => setWish({ ...wish, name: event.target.value })}
      />
      <input
        className="field w-[210px]"
        type="email"
        aria-label="E-mail address"
        placeholder="E-mail address"
        required
        value={wish.email}
        onChange={event => setWish({ ...wish, email: event.target.value })}
      />
      <RoleChoice label="Role" role={wish.role} onChoose={role => setWish({ ...wish, role })} />
      <button type="submit" className="btn">
        Invite
      </button>
    </form>
  );
}

interface RoleChoiceProps {
  readonly label: string;
  readonly role: Role;
  readonly onChoose: (role: Role) => void;
}

function RoleChoice({ label, role, onChoose }: RoleChoiceProps) {
  return (
    <select
      className="field w-[140px]"
      aria-label={label}
      value={role}
      onChange={event => onChoose(event.target.value as Role)}
    >
      {ROLES.map(each => (
        <option key={each} value={each}>
          {ROLE_WORDS[each]}
        </option>
      ))}
    </select>
  );
}
