import { useState, type FormEvent } from 'react';
import { MIN_PASSWORD_CHARS } from '#shared/domain/account.ts';
import { tellError } from '#renderer/stores/supervise.ts';
import { useConsole, useDesk } from '#renderer/stores/use-console.ts';
import { ROLE_WORDS } from './role-words.ts';

/** Who sits here, as what, and the ways to change the password and to sign out. */
export function AccountSettings() {
  const { accounts } = useConsole();
  const user = useDesk(state => (state.name === 'ready' ? state.user : null));
  const hasAccount = useDesk(state => state.name === 'ready' && state.hasAccount === true);
  if (!user) return null;
  return (
    <>
      <div className="setting">
        {user.name}
        <span>
          Your role: <b className="font-semibold">{ROLE_WORDS[user.role]}</b>
        </span>
      </div>
      {hasAccount && <PasswordForm />}
      {hasAccount && (
        <div className="setting">
          Sign out of this worker on this desk
          <button type="button" className="btn" onClick={() => void accounts.signOut()}>
            Sign out
          </button>
        </div>
      )}
    </>
  );
}

function PasswordForm() {
  const { accounts, ui } = useConsole();
  const [password, setPassword] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const [isDone, setDone] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void accounts.changePassword({ password, newPassword }).then(error => {
      setDone(!error);
      if (error) {
        tellError(ui, error);
        return;
      }
      setPassword('');
      setNewPassword('');
    });
  };
  return (
    <form className="setting flex-wrap" onSubmit={submit}>
      Password
      <span className="flex flex-wrap items-center gap-2">
        <input
          className="field w-[170px]"
          type="password"
          autoComplete="current-password"
          aria-label="Current password"
          placeholder="Current"
          required
          value={password}
          onChange={event => setPassword(event.target.value)}
        />
        <input
          className="field w-[170px]"
          type="password"
          autoComplete="new-password"
          aria-label="New password"
          placeholder={`New, ${MIN_PASSWORD_CHARS} characters`}
          required
          minLength={MIN_PASSWORD_CHARS}
          value={newPassword}
          onChange={event => setNewPassword(event.target.value)}
        />
        <button type="submit" className="btn">
          Change
        </button>
      </span>
      <span role="status" className="w-full text-muted">
        {isDone ? 'Your password is changed. Your other desks have to sign in again.' : ''}
      </span>
    </form>
  );
}
