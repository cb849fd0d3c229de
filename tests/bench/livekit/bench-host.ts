// Leads the calls of the `livekit` bench in a process of its own, so that its cost can be told from the callers' and the server's.
import { initializeLogger } from '@livekit/agents';
import { joinAsPerson, type RoomPerson } from '#tests/fixtures/livekit/room-person.ts';
import { toneFrame } from '#tests/fixtures/tone-frame.ts';
import { divertRtcLog } from '#worker/livekit/rtc-room.ts';
import { isLoud } from './ear.ts';
import { startOurHost } from './our-host.ts';
import type { HostCommand, HostReport } from './protocol.ts';

divertRtcLog(said => void process.stderr.write(`${said}\n`));
initializeLogger({ pretty: false, level: 'silent' });

/** As long as the answers of ours. */
const ANSWER_FRAMES = 150;
/** Frames without speech after which the floor takes its turn: 60 ms, where ours knows the words. */
const SILENT_FRAMES = 3;

let ours: ReturnType<typeof startOurHost> | null = null;
const tell = (report: HostReport): void => void process.send?.(report);

process.on('message', (command: HostCommand) => {
  run(command).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
});

async function run(command: HostCommand): Promise<void> {
  if (command.name === 'begin') {
    if (command.arm === 'ours') await (ours = startOurHost(command.access, command)).registered;
    tell({ name: 'ready' });
  } else if (command.name === 'join') {
    await Promise.all(command.rooms.map(({ token }) => answerBarely(command.url, token)));
  } else tell({ name: 'measured', ...(ours?.take() ?? { firstAudioMs: [], errors: 0, refused: 0 }) });
}

/** The least that takes turns over a room: a tone after the caller has been silent, and silence while they speak. */
async function answerBarely(url: string, token: string): Promise<void> {
  const agent = await joinAsPerson(url, token);
  let silent = SILENT_FRAMES;
  let left = 0;
  let sample = 0;
  await agent.speakFrom(() => {
    const frame = lastOfCaller(agent);
    if (frame && isLoud(frame)) {
      silent = 0;
      left = 0;
    } else if (frame && silent < SILENT_FRAMES) {
      silent += 1;
      if (silent === SILENT_FRAMES) left = ANSWER_FRAMES;
    }
    if (left === 0) return null;
    left -= 1;
    return toneFrame(300, (sample += 320));
  });
}

function lastOfCaller(agent: RoomPerson): Int16Array | undefined {
  for (const identity of agent.room.remoteParticipants.values()) return agent.heard(identity.identity).at(-1);
  return undefined;
}
