/** The few globals of an AudioWorklet; TypeScript's DOM library leaves them out. */
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;
