import { useId, useState, type FormEvent } from 'react';
import { MIN_PASSWORD_CHARS } from '#shared/domain/account.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import { Sheet } from '#renderer/components/sheet.tsx';
import { signInWords } from '#renderer/stores/account-store.ts';
import { useConsole, useDesk } from '#renderer/stores/use-console.ts';

/** Asks for e-mail and password above whatever is on the screen: nothing below it is lost (ACC20-ACC23). */
export function SignInSheet() {
  const words = useDesk(signInWords);
  return words === null ? null : <SignIn words={words} />;
}

function SignIn({ words }: { readonly words: string }) {
  const { accounts } = useConsole();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [newPassword, setNewPassword] = useState('');
  const [error, setError] = useState<ErrorBody | null>(null);
  const [isBusy, setBusy] = useState(false);
  const says = useId();
  // A temporary password was right: now one of the person's own is asked for.
  const [needsNew, setNeedsNew] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setError(null);
    void accounts.signIn({ email, password, ...(needsNew ? { newPassword } : {}) }).then(refused => {
      setBusy(false);
      if (refused?.code === 'account.new-password-needed') setNeedsNew(true);
      else if (refused?.code === 'account.wrong-credentials') setNeedsNew(false);
      if (refused?.code !== 'account.new-password-needed' || needsNew) setError(refused);
    });
  };
  return (
    <Sheet label="Sign in" onClose={() => undefined} className="w-[360px]">
      <form className="flex flex-col gap-3 p-5" aria-describedby={says} onSubmit={submit}>
        <h2 className="m-0 text-[16px] font-semibold">Sign in</h2>
        <p id={says} className="m-0 text-muted">
          {needsNew ? 'Your password was a temporary one. Choose one of your own.' : words}
        </p>
        <label className="flex flex-col gap-1">
          E-mail address
          <input
            className="field"
            type="email"
            autoComplete="username"
            required
            value={email}
            readOnly={needsNew}
            onChange={event => setEmail(event.target.value)}
          />
        </label>
        <label className="flex flex-col gap-1">
          Password
          <input
            className="field"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={event => setPassword(event.target.value)}
          />
        </label>
        {needsNew && (
          <label className="flex flex-col gap-1">
            New password, at least {MIN_PASSWORD_CHARS} characters
            <input
              className="field"
              type="password"
              autoComplete="new-password"
              required
              autoFocus
              minLength={MIN_PASSWORD_CHARS}
              value={newPassword}
              onChange={event => setNewPassword(event.target.value)}
            />
          </label>
        )}
        <div role="alert">
          {error && (
            <p className="m-0 text-veto">
              {error.message} <small className="num text-[11px] text-muted">{error.code}</small>
            </p>
          )}
        </div>
        <button type="submit" className="btn btn-40 btn-solid" disabled={isBusy}>
          {isBusy ? 'Signing in…' : 'Sign in'}
        </button>
      </form>
    </Sheet>
  );
}
