import type { CallerState, Failure, LineName } from './caller-state.ts';

export interface Words {
  readonly title: string;
  readonly words: string;
}

/** What the indicator says; null where there is no connection to speak of. */
export type LineWords = { readonly words: string; readonly tone: 'calm' | 'good' | 'warn' | 'bad' } | null;

const FAILED: Readonly<Record<Failure, Words>> = {
  'microphone-refused': {
    title: 'We cannot hear you',
    words:
      'Your browser does not let this page use the microphone. Allow it with the sign beside the address, then try again.',
  },
  'microphone-missing': {
    title: 'No microphone found',
    words: 'Connect a microphone or headset, or close the program that is using it, then try again.',
  },
  'too-often': {
    title: 'Please wait a minute',
    words: 'Several calls were started from here just now. You can try again in a minute.',
  },
  closed: {
    title: 'Nobody can take your call now',
    words: 'Our voice line is not available at the moment. Please try again later.',
  },
  network: {
    title: 'No connection',
    words: 'We could not be reached. Check your internet connection, then try again.',
  },
};

export const BUSY: Readonly<Record<'asking' | 'connecting', Words>> = {
  asking: {
    title: 'Allow your microphone',
    words: 'Your browser asks whether this page may use it. Nobody hears you before you are connected.',
  },
  connecting: { title: 'Connecting', words: 'This takes a few seconds.' },
};

const LOST: Readonly<Record<'line' | 'microphone', Words>> = {
  line: {
    title: 'The connection is lost',
    words:
      'We tried five times to bring you back. Check your internet connection; if you reconnect soon, your call goes on.',
  },
  microphone: {
    title: 'Your microphone is gone',
    words: 'We do not hear you any more. Connect it again, then reconnect; your call goes on.',
  },
};

/** Heading and sentence of the screens at the end of the road. */
export function overWords(state: Extract<CallerState, { name: 'lost' | 'ended' | 'failed' }>): Words {
  switch (state.name) {
    case 'lost':
      return LOST[state.what];
    case 'failed':
      return FAILED[state.why];
    case 'ended':
      return state.by === 'caller'
        ? { title: 'You have ended the call', words: 'Thank you for talking to us.' }
        : { title: 'The call has ended', words: 'Thank you for talking to us. You can start a new call.' };
  }
}

const TALKING: Readonly<Record<LineName, Words>> = {
  waiting: {
    title: 'One moment',
    words: 'You are connected. The assistant joins now; stay on the page.',
  },
  connected: { title: 'You are in the call', words: 'Just speak. You can interrupt at any time.' },
  reconnecting: {
    title: 'Bringing you back',
    words: 'The connection is cut. Stay on the page; your call goes on.',
  },
  blocked: { title: 'Sound is off', words: 'Your browser holds the sound back until you press the button.' },
};

export function talkingWords({ line, muted }: Extract<CallerState, { name: 'talking' }>): Words {
  return muted && line === 'connected'
    ? { title: 'You are muted', words: 'We do not hear you until you unmute.' }
    : TALKING[line];
}

export function lineWords(state: CallerState): LineWords {
  switch (state.name) {
    case 'connecting':
      return { words: 'Connecting', tone: 'calm' };
    case 'talking':
      return state.line === 'reconnecting'
        ? { words: 'Reconnecting', tone: 'warn' }
        : { words: 'Connected', tone: 'good' };
    case 'lost':
      return { words: state.what === 'line' ? 'Connection lost' : 'Microphone lost', tone: 'bad' };
    default:
      return null;
  }
}

/** `4:07`, `1:02:07`. */
export function clockOf(elapsedMs: number): string {
  const seconds = Math.max(0, Math.floor(elapsedMs / 1000));
  const part = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0
    ? `${String(hours)}:${part(minutes)}:${part(seconds % 60)}`
    : `${String(minutes)}:${part(seconds % 60)}`;
}
