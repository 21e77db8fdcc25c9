import { createCounter, type Frame, type Simulator } from '@farsim/core';

/** A counter whose step begins an env anew when it ended; `final` holds the state at the end, or, as the fault, the new one. */
export function autoresettingCounter(finalIs: 'end' | 'start'): Simulator {
  const counter = createCounter({ envs: 2, size: 2, episodeSteps: 7 });
  const { spec } = counter;
  const again = async (frame: Frame): Promise<Frame> => {
    const ended = frame.envs.filter((_, row) => frame.truncated[row]);
    if (ended.length === 0) return frame;
    const end = await counter.getState!({ envs: ended });
    const { observations } = await counter.reset();
    const start = await counter.getState!({ envs: ended });
    return {
      ...frame,
      observations,
      state: { ...(await counter.getState!()), envs: frame.envs },
      final: {
        envs: ended,
        tick: frame.tick,
        episode: frame.episode,
        state: finalIs === 'end' ? end : start,
      },
    };
  };
  return {
    spec: { ...spec, autoreset: 'same_step', capabilities: [...spec.capabilities, 'finalState'] },
    reset: (options) => counter.reset(options),
    step: async (action, options) => again(await counter.step(action, options)),
    getState: (options) => counter.getState!(options),
    setState: (state, options) => counter.setState!(state, options),
    [Symbol.asyncDispose]: () => counter[Symbol.asyncDispose](),
  };
}
