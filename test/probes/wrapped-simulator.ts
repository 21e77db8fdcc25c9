import type { EntityState, Frame, Simulator, WorldSpec, WorldState } from '@farsim/core';

/** What a wrapper does to the simulator inside it: changes its spec, what is set, what is read, or whole calls. */
export interface Wrapping {
  readonly spec?: (spec: WorldSpec) => WorldSpec;
  readonly set?: (arrays: EntityState, entity: string) => EntityState;
  readonly get?: (arrays: EntityState, entity: string) => EntityState;
  readonly calls?: (healthy: Simulator) => Partial<Simulator>;
}

/** A simulator that a wrapper made different, as an adapter with a fault would. */
export function wrapSimulator(inner: Simulator, { spec, set, get, calls }: Wrapping): Simulator {
  const read = (state: WorldState): WorldState => (get ? changed(state, get) : state);
  const readFrame = (frame: Frame): Frame => (frame.state ? { ...frame, state: read(frame.state) } : frame);
  const wrapped: Simulator = {
    spec: spec ? spec(inner.spec) : inner.spec,
    reset: async (options) => readFrame(await inner.reset(options)),
    step: async (action, options) => readFrame(await inner.step(action, options)),
    getState: async (options) => read(await inner.getState!(options)),
    setState: async (state, options) =>
      readFrame(await inner.setState!(set ? changed(state, set) : state, options)),
    render: (view, options) => inner.render!(view, options),
    model: () => inner.model!(),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
  return { ...wrapped, ...calls?.(wrapped) };
}

function changed(
  state: WorldState,
  change: (arrays: EntityState, entity: string) => EntityState,
): WorldState {
  const entities = Object.entries(state.entities).map(
    ([name, arrays]) => [name, change(arrays, name)] as const,
  );
  return { ...state, entities: Object.fromEntries(entities) };
}
