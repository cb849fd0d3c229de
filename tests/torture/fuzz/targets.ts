import type { FuzzTarget } from './fuzz-target.ts';
import { commandLineTargets } from './targets/command-lines.ts';
import { callEventTarget } from './targets/call-events.ts';
import { consoleBridgeTarget } from './targets/console-bridge.ts';
import { controlHttpTarget } from './targets/control-http.ts';
import { controlStreamTarget } from './targets/control-stream.ts';
import { deskFileTargets } from './targets/desk-files.ts';
import { deskLinkTarget } from './targets/desk-link.ts';
import { deskPageTargets } from './targets/desk-pages.ts';
import { documentTargets } from './targets/documents.ts';
import { microphoneTarget } from './targets/microphone.ts';

/** Every place where something from outside is parsed. Whoever adds a boundary adds a line here. */
export const FUZZ_TARGETS: readonly FuzzTarget[] = [
  controlHttpTarget,
  controlStreamTarget,
  microphoneTarget,
  deskLinkTarget,
  ...deskPageTargets,
  consoleBridgeTarget,
  callEventTarget,
  ...deskFileTargets,
  ...documentTargets,
  ...commandLineTargets,
];
