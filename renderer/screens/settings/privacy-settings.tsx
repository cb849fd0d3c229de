import { useEffect, useState, type FormEvent } from 'react';
import { useStore } from 'zustand';
import type { PersonQuery } from '#shared/domain/person-query.ts';
import type { RetentionProfile } from '#shared/domain/retention.ts';
import type { ErrorBody } from '#shared/errors/app-error.ts';
import type { PersonCall } from '#shared/protocol/privacy.ts';
import { tellError } from '#renderer/stores/supervise.ts';
import { useConsole } from '#renderer/stores/use-console.ts';

const BY_WORDS: Readonly<Record<PersonQuery['by'], string>> = {
  phone: 'Phone number',
  name: 'Name',
  email: 'E-mail address',
};
const PROFILE_WORDS: Readonly<Record<RetentionProfile, string>> = {
  standard: 'Standard',
  short: 'Short',
  'seven-years': 'Seven years',
  'no-audio': 'No audio',
  'summaries-only': 'Summaries only',
};
const daysWords = (days: number): string => (days === 0 ? 'not kept' : `${days} days`);

/** How long things are kept, and what there is of one person, for admins (PRIV6, PRIV11, PRIV12). */
export function PrivacySettings() {
  const { privacy, ui } = useConsole();
  const { retention, found, done } = useStore(privacy.state);
  const tell = (refused: Promise<ErrorBody | null>): void =>
    void refused.then(error => error && tellError(ui, error));
  useEffect(() => {
    void privacy.load().then(error => error && tellError(ui, error));
  }, [privacy, ui]);
  return (
    <>
      {retention && (
        <label className="setting">
          Keep audio and words
          <select
            className="field w-[320px]"
            value={retention.profile}
            onChange={event => tell(privacy.choose(event.target.value as RetentionProfile))}
          >
            {retention.profiles.map(({ name, audioDays, wordDays }) => (
              <option key={name} value={name}>
                {PROFILE_WORDS[name]}: audio {daysWords(audioDays)}, words {daysWords(wordDays)}
              </option>
            ))}
          </select>
        </label>
      )}
      <FindForm onFind={person => tell(privacy.find(person))} />
      <p role="status" className="m-0 mt-2 text-muted">
        {done}
        {found?.calls.length === 0 ? 'There is nothing of this person.' : ''}
      </p>
      {found && found.calls.length > 0 && <Found calls={found.calls} />}
    </>
  );
}

function FindForm({ onFind }: { readonly onFind: (person: PersonQuery) => void }) {
  const [by, setBy] = useState<PersonQuery['by']>('phone');
  const [value, setValue] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onFind({ by, value });
  };
  return (
    <form className="setting flex-wrap" aria-label="Find a person" onSubmit={submit}>
      What there is of a person
      <span className="flex flex-wrap items-center gap-2">
        <select
          className="field w-[140px]"
          aria-label="Find by"
          value={by}
          onChange={event => setBy(event.target.value as PersonQuery['by'])}
        >
          {Object.entries(BY_WORDS).map(([each, words]) => (
            <option key={each} value={each}>
              {words}
            </option>
          ))}
        </select>
        <input
          className="field w-[200px]"
          aria-label={BY_WORDS[by]}
          required
          value={value}
          onChange={event => setValue(event.target.value)}
        />
        <button type="submit" className="btn">
          Find
        </button>
      </span>
    </form>
  );
}

function Found({ calls }: { readonly calls: readonly PersonCall[] }) {
  const { privacy, ui } = useConsole();
  const [reason, setReason] = useState('');
  const tell = (refused: Promise<ErrorBody | null>): void =>
    void refused.then(error => error && tellError(ui, error));
  const erase = (event: FormEvent): void => {
    event.preventDefault();
    tell(privacy.eraseFound(reason));
  };
  const words = calls.length === 1 ? 'this call' : `these ${calls.length} calls`;
  return (
    <div className="flex flex-col gap-3">
      <ul className="m-0 max-h-[220px] list-none overflow-y-auto p-0" aria-label="Calls of this person">
        {calls.map(call => (
          <li key={call.callId} className="setting">
            <span>
              {call.displayName} <small className="text-muted">{call.line}</small>
            </span>
            <small className="text-muted">
              {[
                new Date(call.startedAtMs).toLocaleString(),
                call.hasRecording ? 'recorded' : '',
                call.tickets > 0 ? `tickets: ${call.tickets}` : '',
                call.legalHold ? 'legal hold' : '',
                call.isOpen ? 'open' : '',
              ]
                .filter(part => part !== '')
                .join(' · ')}
            </small>
          </li>
        ))}
      </ul>
      <button type="button" className="btn self-start" onClick={() => tell(privacy.exportFound(saveFile))}>
        Save everything as a file
      </button>
      <form className="flex flex-wrap items-center gap-2" onSubmit={erase}>
        <input
          className="field w-[300px]"
          aria-label="Why it is erased"
          placeholder="Why, for the audit; no names"
          required
          maxLength={500}
          value={reason}
          onChange={event => setReason(event.target.value)}
        />
        <button type="submit" className="btn btn-danger">
          Erase {words} for ever
        </button>
      </form>
    </div>
  );
}

/** Hands the file over to the browser's own way of saving. */
function saveFile(jsonLines: string): void {
  const url = URL.createObjectURL(new Blob([jsonLines], { type: 'application/x-ndjson' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'person.jsonl';
  link.click();
  URL.revokeObjectURL(url);
}
