import type { MicrophoneStream } from '#shared/adapters/media-plane.ts';
import type { ColleagueAudio } from '#shared/adapters/telephony-adapter.ts';

export interface ColleagueOnCallPorts {
  /** What the line has of them; `null` where it cannot hear them. */
  readonly audio: () => ColleagueAudio | null;
  /** Where they are mixed, metered and recorded. */
  readonly open: (play: ColleagueAudio['play']) => MicrophoneStream;
  /** Who hears whom is another matter now; synchronous. */
  readonly onChange: () => void;
}

/** The phone of a colleague who has the caller: takes their voice to the mix, which decides who hears it (HEAR7, REC15). */
export class ColleagueOnCall {
  readonly #ports: ColleagueOnCallPorts;
  #stop: (() => void) | null = null;

  constructor(ports: ColleagueOnCallPorts) {
    this.#ports = ports;
  }

  get present(): boolean {
    return this.#stop !== null;
  }

  came(): void {
    if (this.present) return;
    const audio = this.#ports.audio();
    const microphone = this.#ports.open(audio?.play ?? null);
    const stopHearing = audio?.onFrame(samples => microphone.push(samples));
    this.#stop = () => {
      stopHearing?.();
      microphone.close();
    };
    this.#ports.onChange();
  }

  /** The line has been answered after they came, as on a call that goes on: only now they can be heard. */
  lineAnswered(): void {
    const stop = this.#stop;
    if (!stop) return;
    this.#stop = null;
    stop();
    this.came();
  }

  left(): void {
    const stop = this.#stop;
    if (!stop) return;
    this.#stop = null;
    stop();
    this.#ports.onChange();
  }
}
