import { z } from 'zod';
import { FarsimError, isFarsimError } from '../model/errors.ts';
import type { Action, EnvSelection, Frame, ResetOptions, StepOptions } from '../model/frame.ts';
import type { Visuals } from '../model/visuals.ts';
import type { WorldSpec } from '../model/world-spec.ts';
import type { WorldState } from '../model/world-state.ts';
import { bindMap } from '../mapping/bind-map.ts';
import { notInModel, summarizeMap, type BoundMap } from '../mapping/bound-map.ts';
import { findMap, mapFile } from '../mapping/find-map.ts';
import { createLimitWatch } from '../mapping/limit-watch.ts';
import { hasPose } from '../mapping/pair-entities.ts';
import { presentEntities, presentVisuals } from '../mapping/present-entities.ts';
import { autoMap, type NamedMap } from '../mapping/robot-map.ts';
import { transferBack, transferState } from '../mapping/transfer-state.ts';
import { definePlugin } from '../ports/plugin.ts';
import type { Simulator, View } from '../ports/simulator.ts';
import { createMappedActions } from './mapped-actions.ts';
import { specNamed } from './named-spec.ts';

export interface MappedOptions {
  /** The side whose names, orders and signs states get; actions too, with `actions`. */
  readonly as: Pick<WorldSpec, 'entities' | 'actions'>;
  readonly map?: NamedMap;
  /** Actions are the other side's and are turned into this simulator's. */
  readonly actions?: boolean;
  readonly log?: (line: string) => void;
}

/**
 * The simulator `inner` under another's names: states that are put in and come out have the names, orders and signs of
 * `as`, and so have actions where that was asked for. Owns `inner`. Throws what binding the map throws, before
 * anything moves.
 */
export function mapped(inner: Simulator, options: MappedOptions): Simulator {
  const { as, map = autoMap, log = () => undefined } = options;
  const bound = bindMap(as.entities, inner.spec.entities, map);
  for (const name of bound.lost) log(`${notInModel(name)}: it is not shown`);
  for (const remark of bound.remarks) log(remark);
  requireSome(bound, as, inner.spec);
  const actions = options.actions ? createMappedActions(bound, as.actions, inner.spec.actions) : undefined;
  for (const remark of actions?.remarks ?? []) log(remark);
  const spec: WorldSpec = {
    ...inner.spec,
    entities: presentEntities(bound),
    ...(actions && { actions: { '': actions.space } }),
  };
  const watchLimits = createLimitWatch(bound, log);
  const into = (state: WorldState): WorldState => {
    const moved = transferState(bound, state);
    watchLimits(moved);
    return moved;
  };
  const out = (frame: Frame): Frame => frameOut(bound, frame);
  const stepping = (action: Action, rows: number): Action => (actions ? actions.map(action, rows) : action);
  const rowsOf = ({ envs }: EnvSelection): number => envs?.length ?? spec.num_envs;
  return {
    spec,
    mapping: summarizeMap(bound),
    reset: async (given: ResetOptions = {}) =>
      out(await inner.reset(given.state ? { ...given, state: into(given.state) } : given)),
    step: async (action, given: StepOptions = {}) =>
      out(await inner.step(stepping(action, rowsOf(given)), given)),
    ...(inner.stepMany && {
      stepMany: async (many: readonly Action[], given: StepOptions = {}): Promise<readonly Frame[]> =>
        framesOut(
          inner.stepMany!(
            many.map((action) => stepping(action, rowsOf(given))),
            given,
          ),
          out,
        ),
    }),
    ...(inner.send && {
      send: async (action: Action, envs: Int32Array): Promise<void> =>
        inner.send!(stepping(action, envs.length), envs),
    }),
    ...(inner.recv && { recv: async (min: number): Promise<Frame> => out(await inner.recv!(min)) }),
    ...(inner.getState && {
      getState: async (selection?: EnvSelection): Promise<WorldState> =>
        transferBack(bound, await inner.getState!(selection)),
    }),
    ...(inner.setState && {
      setState: async (state: WorldState, selection?: EnvSelection): Promise<Frame> =>
        out(await inner.setState!(into(state), selection)),
    }),
    ...(inner.render && {
      render: (view: View, selection?: EnvSelection) => inner.render!(view, selection),
    }),
    ...(inner.snapshot && { snapshot: () => inner.snapshot!() }),
    ...(inner.restore && { restore: (snapshot: Uint8Array) => inner.restore!(snapshot) }),
    ...(inner.model && { model: () => inner.model!() }),
    ...(inner.visuals && {
      visuals: async (): Promise<Visuals> => presentVisuals(bound, await inner.visuals!()),
    }),
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

/** A view in which nothing would move is a mistake. */
function requireSome({ pairs }: BoundMap, { entities }: MappedOptions['as'], own: WorldSpec): void {
  const names = Object.keys(entities).filter((name) => hasPose(entities[name]!));
  if (pairs.length > 0 || names.length === 0) return;
  const known = Object.keys(own.entities).join(', ');
  throw new FarsimError(
    'MAP_INVALID',
    `nothing of ${names.join(', ')} is in the model, which has ${known || 'nothing that moves'}`,
    {
      suggestions: [
        'name the pairs in a map file, under `rename: { entities: { … } }`',
        '`map: none` leaves the model’s own names',
      ],
    },
  );
}

async function framesOut(
  stepped: Promise<readonly Frame[]>,
  out: (frame: Frame) => Frame,
): Promise<readonly Frame[]> {
  try {
    return (await stepped).map(out);
  } catch (error) {
    const { frames } = isFarsimError(error) ? error.details : {};
    if (!Array.isArray(frames)) throw error;
    const { code, message, suggestions, details } = error as FarsimError;
    throw new FarsimError(code, message, {
      suggestions,
      details: { ...details, frames: (frames as Frame[]).map(out) },
      cause: error,
    });
  }
}

function frameOut(bound: BoundMap, frame: Frame): Frame {
  // what was entered in the ledger were the inner simulator's names and numbers
  const { state, final, confirmed, ledger: _, ...rest } = frame;
  return {
    ...rest,
    ...(final && { final }),
    ...(state && { state: transferBack(bound, state) }),
    ...(final?.state && { final: { ...final, state: transferBack(bound, final.state) } }),
    ...(confirmed && { confirmed: confirmed.then((truth) => frameOut(bound, truth)) }),
  };
}

export const mappedSimulator = definePlugin({
  kind: 'simulator',
  name: 'mapped',
  summary: 'A simulator under another’s names: its states, and its actions, come from the other side.',
  support: 'physics in CI',
  needs: { simulator: 'simulator' },
  config: z
    .object({
      as: z
        .string()
        .describe(
          'Whose names it gets: `from NAME`, a simulator of this config, or a run’s folder or recording.',
        ),
      map: z
        .string()
        .default('auto')
        .describe('How these names are found: `auto`, `builtin:franka` (go2, g1) or a map file.'),
      actions: z.boolean().default(true).describe('Turn the other’s actions into this simulator’s too.'),
    })
    .strict(),
  reads: ({ map }) => ({ map: mapFile(map) }),
  check: ({ map }, folder) => void findMap(map, folder),
  asksFor: ({ as }) => ({ as }),
  open: async ({ as, map, actions }, context) => {
    const named = findMap(map, context.folder);
    return mapped(context.simulator, {
      as: await specNamed(as, context),
      ...(named && { map: named }),
      actions,
      log: (line) => context.log(`${context.name}: ${line}`),
    });
  },
});
