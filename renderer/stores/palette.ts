import type { CallId } from '#shared/domain/ids.ts';
import type { MicMode } from '#shared/domain/audibility.ts';
import type { Settings } from '#shared/ipc/commands.ts';
import type { SupervisionVerb } from '#shared/protocol/supervision.ts';
import type { KeyAction, KeyRow, KeyScreen } from './keymap.ts';
import type { ListScreen } from './ui-store.ts';

/** What one row of the palette does. */
export type PaletteDeed =
  | { readonly name: 'act'; readonly action: KeyAction }
  | { readonly name: 'open-call'; readonly callId: CallId }
  | { readonly name: 'go-to'; readonly screen: ListScreen }
  | { readonly name: 'open-policies' }
  | { readonly name: 'set'; readonly change: Partial<Settings> }
  | { readonly name: 'end-call' }
  | { readonly name: 'write-note' }
  | { readonly name: 'place-call' }
  | { readonly name: 'open-capsule' }
  | { readonly name: 'start-tour' };

export type PaletteGroup = 'This call' | 'This article' | 'Calls' | 'Go to' | 'Settings';

export interface PaletteItem {
  readonly id: string;
  readonly group: PaletteGroup;
  readonly words: string;
  /** A second line's worth of words: the line of a call, what a setting is now. */
  readonly aside: string;
  /** As the key list writes it; empty for none. */
  readonly key: string;
  readonly deed: PaletteDeed;
}

/** Everything that decides what can be done now. */
export interface PaletteScene {
  readonly screen: KeyScreen;
  readonly rows: readonly KeyRow[];
  readonly settings: Settings;
  readonly mayDo: (verb: SupervisionVerb) => boolean;
  readonly mayEditKnowledge: boolean;
  /** An article is open in the workspace. */
  readonly hasArticle: boolean;
  /** Phone numbers can be called from here, by this person. */
  readonly mayPlaceCall: boolean;
  /** The call that keys act on: the opened one, or the focused one of the list. */
  readonly call: PaletteCall | null;
  /** Other calls, in the order they are shown. */
  readonly calls: readonly {
    readonly callId: CallId;
    readonly displayName: string;
    readonly line: string;
    readonly needsYou: boolean;
  }[];
}

export interface PaletteCall {
  readonly name: string;
  readonly phase: 'ringing' | 'connected' | 'ended';
  readonly floor: 'ai' | 'human';
  readonly mic: MicMode;
  readonly listening: boolean;
  readonly muted: boolean;
  readonly held: boolean;
  readonly hasNext: boolean;
  readonly mayUndo: boolean;
  readonly usableSuggestions: number;
  /** The AI has said something. */
  readonly hasSpoken: boolean;
  /** The screen shows the past of the call. */
  readonly behindLive: boolean;
}

/** All that can be done at this moment by this person, with the key each has; nothing that would be refused. */
export function paletteItems(scene: PaletteScene): readonly PaletteItem[] {
  const { screen, rows, settings, calls } = scene;
  const act = (action: KeyAction, words: string, group: PaletteGroup = 'This call'): PaletteItem => ({
    id: action,
    group,
    words,
    aside: group === 'This call' && screen !== 'call' ? (scene.call?.name ?? '') : '',
    key: rows.find(row => row.action === action)?.keys[0] ?? '',
    deed: { name: 'act', action },
  });
  const go = (to: ListScreen, words: string): PaletteItem => ({
    id: `go-${to}`,
    group: 'Go to',
    words,
    aside: '',
    key: rows.find(row => row.action === to)?.keys[0] ?? '',
    deed: { name: 'go-to', screen: to },
  });
  const set = (id: string, words: string, change: Partial<Settings>, aside = ''): PaletteItem => ({
    id,
    group: 'Settings',
    words,
    aside,
    key: '',
    deed: { name: 'set', change },
  });
  const openPolicies: PaletteItem = {
    id: 'open-policies',
    group: 'Go to',
    words: 'Open policies',
    aside: '',
    key: '',
    deed: { name: 'open-policies' },
  };
  const onLine = scene.call?.mic === 'live' || scene.call?.mic === 'barge';
  return [
    ...callItems(scene, act),
    ...(onLine
      ? []
      : calls.map(({ callId, displayName, line, needsYou }): PaletteItem => ({
          id: `call-${callId}`,
          group: 'Calls',
          words: displayName,
          aside: needsYou ? `${line} line, needs you` : `${line} line`,
          key: '',
          deed: { name: 'open-call', callId },
        }))),
    ...(onLine
      ? []
      : [
          ...(screen === 'floor' ? [] : [go('floor', 'Floor')]),
          ...(screen === 'history' ? [] : [go('history', 'History')]),
          ...(screen === 'figures' ? [] : [go('figures', 'Figures')]),
          ...(screen === 'knowledge' ? [] : [go('knowledge', 'Knowledge')]),
          openPolicies,
          ...(screen === 'settings' ? [] : [go('settings', 'Settings')]),
        ]),
    ...(scene.mayPlaceCall && !onLine
      ? [
          {
            id: 'place-call',
            group: 'Go to',
            words: 'Call a number',
            aside: 'the AI speaks with whoever answers',
            key: '',
            deed: { name: 'place-call' },
          } as const,
        ]
      : []),
    ...(onLine
      ? []
      : [
          {
            id: 'open-capsule',
            group: 'Go to',
            words: 'Open a capsule',
            aside: 'one call from a file, read only',
            key: '',
            deed: { name: 'open-capsule' },
          } as const,
        ]),
    ...(screen === 'floor' || screen === 'history' ? [act('search', 'Search calls and words', 'Go to')] : []),
    ...(screen === 'knowledge'
      ? [act('search', 'Search the knowledge', 'Go to'), ...articleItems(scene, act)]
      : []),
    act('help', 'Show the keys', 'Go to'),
    ...(['dark', 'light', 'system'] as const)
      .filter(theme => theme !== settings.theme)
      .map(theme => set(`theme-${theme}`, THEME_WORDS[theme], { theme })),
    set('earcons', settings.earcons ? 'Turn sounds off' : 'Turn sounds on', { earcons: !settings.earcons }),
    set(
      'listen-on-open',
      settings.listenOnOpen ? 'Open calls without listening' : 'Listen as soon as a call is opened',
      { listenOnOpen: !settings.listenOnOpen },
    ),
    set(
      'single-keys',
      settings.singleKeys ? 'Single letters and digits do nothing' : 'Single letters and digits act',
      { singleKeys: !settings.singleKeys },
    ),
    ...(onLine
      ? []
      : [
          {
            id: 'tour',
            group: 'Settings',
            words: 'Show me around',
            aside: 'four steps',
            key: '',
            deed: { name: 'start-tour' },
          } as const,
        ]),
  ];
}

function articleItems(
  { mayEditKnowledge, hasArticle }: PaletteScene,
  act: (action: KeyAction, words: string, group: PaletteGroup) => PaletteItem,
): readonly PaletteItem[] {
  if (!mayEditKnowledge) return [];
  return [
    act('new-article', 'New article', 'This article'),
    ...(hasArticle ? [act('save-article', 'Save the article', 'This article')] : []),
  ];
}

const THEME_WORDS = {
  dark: 'Dark theme',
  light: 'Light theme',
  system: 'Theme of the system',
} as const;

function callItems(
  { call, screen, mayDo }: PaletteScene,
  act: (action: KeyAction, words: string) => PaletteItem,
): readonly PaletteItem[] {
  if (call === null || (screen !== 'floor' && screen !== 'call')) return [];
  const items: PaletteItem[] = [];
  const add = (isPossible: boolean, verb: SupervisionVerb | null, action: KeyAction, words: string): void => {
    if (isPossible && (verb === null || mayDo(verb))) items.push(act(action, words));
  };
  const inCall = screen === 'call';
  const connected = call.phase === 'connected';
  const onLine = call.mic === 'live' || call.mic === 'barge';
  const aiSpeaks = connected && call.floor === 'ai';
  add(!inCall, null, 'open-call', 'Open the call');
  add(inCall && call.mic === 'live', 'hand-back', 'hand-back', 'Hand back to the AI');
  add(inCall && call.mayUndo, 'undo-take-over', 'undo', 'Undo the takeover');
  add(inCall && call.mic === 'live', null, 'mute', call.muted ? 'Unmute yourself' : 'Mute yourself');
  add(inCall && call.usableSuggestions > 0, 'use-suggestion', 'use-first', 'Use the first suggestion');
  add(inCall && call.usableSuggestions > 1, 'use-suggestion', 'use-second', 'Use the second suggestion');
  add(connected && !onLine, 'listen', 'listen', call.listening ? 'Stop listening' : 'Listen');
  add(inCall && connected && !onLine, 'whisper-to-ai', 'tell-ai', 'Write a note to the AI');
  add(inCall && call.mic === 'live', 'add-note', 'tell-ai', 'Write a note');
  add(inCall && connected && !onLine, 'say-now', 'say-now', 'Let the AI say a sentence');
  add(inCall && connected && !onLine, 'barge', 'barge', 'Barge: the caller hears you both');
  add(connected && call.mic !== 'live', 'take-over', 'take-over', 'Take over');
  add(
    onLine || call.mic === 'armed' || call.listening,
    'step-down',
    'step-down',
    onLine ? 'Step down: the AI speaks again' : 'Step down one rung',
  );
  add(onLine || call.mic === 'armed' || call.listening, 'leave', 'leave', 'Step down fully');
  add(aiSpeaks && call.hasNext, 'veto-chunk', 'veto', 'Veto the next sentence');
  add(aiSpeaks, 'hold-speech', 'hold', call.held ? 'Let the AI go on' : 'Hold the AI');
  add(
    inCall && connected && !onLine,
    'arm-microphone',
    'arm',
    call.mic === 'armed' ? 'Disarm the microphone' : 'Arm the microphone',
  );
  add(inCall && connected, 'transfer', 'transfer', 'Transfer the call');
  add(inCall && connected, 'flag-moment', 'flag', 'Flag this moment');
  if (inCall && mayDo('flag-moment'))
    items.push({
      id: 'write-note',
      group: 'This call',
      words: 'Write a note on this call',
      aside: 'for colleagues',
      key: '',
      deed: { name: 'write-note' },
    });
  add(inCall && call.hasSpoken, null, 'trace', 'Where a word comes from');
  add(inCall && call.behindLive && connected, null, 'live', 'Back to live');
  add(inCall && (call.phase === 'ended' || call.behindLive), null, 'play', 'Play or pause what was');
  if (inCall && connected && mayDo('end-call'))
    items.push({
      id: 'end-call',
      group: 'This call',
      words: 'End the call',
      aside: 'asks first',
      key: '',
      deed: { name: 'end-call' },
    });
  return items;
}

/** Calls that are listed before anything is typed; a name finds any of them. */
const CALLS_SHOWN = 6;
/** Rows of one answer: more is not read, and never slows the typing. */
const ITEMS_SHOWN = 40;

/**
 * What stays when somebody types. Each typed word must begin a word of the row, or stand in it; rows where
 * all begin a word come first, otherwise the order stays.
 */
export function matchPalette(items: readonly PaletteItem[], query: string): readonly PaletteItem[] {
  const typed = wordsOf(query);
  if (typed.length === 0) {
    let calls = 0;
    return items.filter(item => item.group !== 'Calls' || (calls += 1) <= CALLS_SHOWN);
  }
  const scored = items.flatMap(item => {
    const own = wordsOf(`${item.words} ${item.aside} ${item.group}`);
    const begins = typed.every(word => own.some(one => one.startsWith(word)));
    if (!begins && !typed.every(word => own.some(one => one.includes(word)))) return [];
    const named = typed.every(word => wordsOf(item.words).some(one => one.startsWith(word)));
    return [{ item, score: named ? 2 : begins ? 1 : 0 }];
  });
  return scored
    .toSorted((one, other) => other.score - one.score)
    .slice(0, ITEMS_SHOWN)
    .map(({ item }) => item);
}

/** Without accents and signs: `Müller` is found by `muller`, `+49 30` by `4930`. */
const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f]/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(word => word !== '');
