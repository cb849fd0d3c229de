import { llm, tts } from '@livekit/agents';

/** A session wants a model and a voice; a peer whose agent brings its own never asks them. */
export class NoModel extends llm.LLM {
  override label(): string {
    return 'none';
  }
  override chat(): llm.LLMStream {
    throw new Error('unused');
  }
}

export class NoVoice extends tts.TTS {
  override readonly label = 'none';
  override synthesize(): tts.ChunkedStream {
    throw new Error('unused');
  }
  override stream(): tts.SynthesizeStream {
    throw new Error('unused');
  }
}
