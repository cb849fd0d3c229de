// Two people in one room of a real server, each sounding a tone: prints `heard` when both have heard a second of the other.
// Runs in a network of its own; see `netem.ts`. Takes the server's program as its argument.
import { startLivekitServer } from '#infra/livekit/start-server.ts';
import { joinAsPerson } from '#tests/fixtures/livekit/room-person.ts';
import { roomToken } from '#tests/fixtures/livekit/room-server.ts';
import { levelAt } from '#tests/fixtures/recorded-audio.ts';

const HEARD_LEVEL = 0.05;
const [file = ''] = process.argv.slice(2);
const server = await startLivekitServer(file);
const people = await Promise.all(
  (
    [
      ['anna', 440],
      ['ben', 880],
    ] as const
  ).map(async ([name, hz]) => {
    const person = await joinAsPerson(server.url, await roomToken(server, name, 'room-1'));
    await person.speak(hz);
    return person;
  }),
);
const [anna, ben] = people;
const isTone = (frame: Int16Array, hz: number): boolean =>
  levelAt(
    Float64Array.from(frame, sample => sample / 32_768),
    hz,
    0,
    20,
  ) > HEARD_LEVEL;
const hears = (frames: readonly Int16Array[], hz: number): boolean =>
  frames.length >= 50 && frames.filter(frame => isTone(frame, hz)).length > 0.9 * frames.length;
while (!(hears(anna?.heard('ben') ?? [], 880) && hears(ben?.heard('anna') ?? [], 440)))
  await new Promise(resolve => setTimeout(resolve, 50));
process.stdout.write('heard\n');
await server.kill();
process.exit(0);
