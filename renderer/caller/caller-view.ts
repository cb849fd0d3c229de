import { consultationTypeOf } from './consultation-types.ts';
import type { CallerCall } from './caller-call.ts';
import type { CallerState } from './caller-state.ts';
import { BUSY, clockOf, lineWords, overWords, talkingWords, type Words } from './caller-words.ts';

const SECTIONS = ['start', 'busy', 'talking', 'over'] as const;
type SectionName = (typeof SECTIONS)[number];

const SECTION_OF: Readonly<Record<CallerState['name'], SectionName>> = {
  start: 'start',
  asking: 'busy',
  connecting: 'busy',
  talking: 'talking',
  lost: 'over',
  ended: 'over',
  failed: 'over',
};

interface ViewDeps {
  readonly document: Document;
  readonly call: CallerCall;
  readonly mono: () => number;
  readonly frame: (task: () => void) => void;
}

/** Shows a call in the markup of `index.html`, and hears its buttons. */
export function showCall({ document, call, mono, frame }: ViewDeps): void {
  const at = <Kind extends HTMLElement = HTMLElement>(id: string): Kind => {
    const found = document.getElementById(id);
    if (!found) throw new Error(`index.html has no #${id}`);
    return found as Kind;
  };
  const confirm = at<HTMLDialogElement>('confirm');
  let shown: SectionName = 'start';
  let said = '';
  let connectedMono: number | null = null;

  const write = (name: SectionName, { title, words }: Words): void => {
    at(`${name}-title`).textContent = title;
    at(`${name}-words`).textContent = words;
  };

  const show = (state: CallerState): void => {
    const section = SECTION_OF[state.name];
    for (const name of SECTIONS) at(name).hidden = name !== section;
    if (state.name === 'asking' || state.name === 'connecting') write('busy', BUSY[state.name]);
    if (state.name === 'talking') showTalking(state);
    if (state.name === 'lost' || state.name === 'ended' || state.name === 'failed') showOver(state);
    const line = lineWords(state);
    at('line').hidden = line === null;
    at('line').dataset['tone'] = line?.tone ?? 'calm';
    at('line-words').textContent = line?.words ?? '';
    document.title = line ? `${line.words} - Talk to Agent` : 'Talk to Agent';
    if (state.name !== 'talking' && confirm.open) confirm.close();
    // Focus goes along only where what had it is gone.
    if (section !== shown) at(`${section}-title`).focus();
    shown = section;
  };

  const showTalking = (state: Extract<CallerState, { name: 'talking' }>): void => {
    connectedMono ??= mono();
    const words = talkingWords(state);
    write('talking', words);
    // The heading has the focus only once; what changes later is said.
    if (shown === 'talking' && words.title !== said)
      at('news').textContent = `${words.title}. ${words.words}`;
    said = words.title;
    at('orb').dataset['line'] = state.muted && state.line === 'connected' ? 'muted' : state.line;
    at('sound').hidden = state.line !== 'blocked';
    const mute = at('mute');
    mute.textContent = state.muted ? 'Unmute' : 'Mute';
    mute.setAttribute('aria-pressed', String(state.muted));
  };

  const showOver = (state: Extract<CallerState, { name: 'lost' | 'ended' | 'failed' }>): void => {
    write('over', overWords(state));
    at('again').textContent =
      state.name === 'lost' ? 'Reconnect' : state.name === 'failed' ? 'Try again' : 'New call';
    at('give-up').hidden = state.name !== 'lost';
    if (state.name !== 'lost') connectedMono = null;
    said = '';
  };

  const form = at<HTMLFormElement>('form');
  form.addEventListener('submit', event => {
    event.preventDefault();
    const data = new FormData(form);
    const name = data.get('name');
    void call.talk(consultationTypeOf(data.get('type')), typeof name === 'string' ? name.trim() : '');
  });
  for (const button of document.querySelectorAll('[data-press="end"]'))
    button.addEventListener('click', () => call.end());
  at('give-up').addEventListener('click', () => call.end());
  at('sound').addEventListener('click', () => call.allowSound());
  at('end').addEventListener('click', () => confirm.showModal());
  at('keep').addEventListener('click', () => confirm.close());
  at('really').addEventListener('click', () => call.end());
  at('mute').addEventListener('click', () => {
    const state = call.state.getState();
    if (state.name === 'talking') call.setMuted(!state.muted);
  });
  at('again').addEventListener('click', () => {
    if (call.state.getState().name === 'lost') void call.reconnect();
    else call.again();
  });

  const paint = (): void => {
    if (shown === 'talking' && connectedMono !== null) {
      const elapsed = clockOf(mono() - connectedMono);
      if (at('elapsed').textContent !== elapsed) at('elapsed').textContent = elapsed;
      at('orb').style.setProperty('--level', call.level().toFixed(2));
    }
    frame(paint);
  };
  frame(paint);
  call.state.subscribe(show);
  show(call.state.getState());
}
