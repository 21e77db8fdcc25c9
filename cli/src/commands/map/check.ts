import { Args, Command, Flags } from '@oclif/core';
import {
  FarsimError,
  bindMap,
  errorCodes,
  findMap,
  mapResidual,
  mapped,
  replay,
  summarizeMap,
  type BodyPoseError,
  type NamedMap,
} from '@farsim/core';
import { takeInterruption } from '../../terminal/interruption.ts';
import { describeMap } from '../../maps/list-maps.ts';
import { numberFlag } from '../../terminal/number-flag.ts';
import { openSide, sideForms, type Side } from '../../maps/open-side.ts';
import { printCoverage, printResidual } from '../../maps/print-map.ts';
import { createProgressLine } from '../../terminal/progress-line.ts';

export default class MapCheck extends Command {
  static override summary =
    'Say what a map covers, and in poses of both sides whether each body is where it must be.';
  static override examples = [
    '<%= config.bin %> map check runs/latest panda/scene.xml --map builtin:franka',
    '<%= config.bin %> map check pipeline.yaml:plant panda/scene.xml --map panda-map.yaml',
  ];
  static override args = {
    from: Args.string({ required: true, description: `Whose names states have: ${sideForms}.` }),
    to: Args.string({ required: true, description: 'What they are put into: an MJCF file or CONFIG:NAME.' }),
  };
  static override flags = {
    map: Flags.string({ summary: '`auto`, `builtin:franka` (go2, g1) or a map file.', default: 'auto' }),
    poses: numberFlag({ min: 2 })({ summary: 'Poses that a live side is put into.', default: 8 }),
    tolerance: numberFlag({ min: 0 })({
      summary: 'Metres (and ten times as many radians) that a body may move against the other.',
      default: 1e-4,
    }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(MapCheck);
    using interruption = takeInterruption('stopping the check');
    using line = createProgressLine(flags.json);
    const hooks = {
      signal: interruption.signal,
      progress: (text: string) => line.phase(text),
      log: (text: string) => line.note(text),
    };
    const map = findMap(flags.map, process.cwd());
    if (!map) throw new FarsimError('USAGE', '`--map none` leaves nothing to be checked');
    await using from = await openSide(args.from, hooks);
    await using to = await openSide(args.to, hooks);
    const bound = bindMap(from.spec.entities, to.spec.entities, map);
    const { bodies, poses } = await compare(from, to, map, flags.poses, interruption.signal);
    line[Symbol.dispose]();
    const tolerance = { position: flags.tolerance, rotation: 10 * flags.tolerance };
    const past = bodies.filter(
      (body) => !(body.movingPosition <= tolerance.position && body.movingRotation <= tolerance.rotation),
    );
    const summary = summarizeMap(bound);
    if (flags.json) this.log(JSON.stringify({ ok: past.length === 0, ...summary, poses, bodies }));
    else
      this.log(
        [
          ...describeMap(args.to, summary),
          ...printCoverage(bound),
          ...printResidual(bodies, poses, past, from.spec.entities),
        ].join('\n'),
      );
    if (past.length > 0) process.exitCode = errorCodes.VERIFICATION_FAILED.exit;
    else if (poses === 0) process.exitCode = errorCodes.FINISHED_WITH_LOSS.exit;
  }
}

interface Compared {
  readonly bodies: readonly BodyPoseError[];
  /** States of one env that were compared. */
  readonly poses: number;
}

/** Recorded poses where one side is a recording, else poses that both are put into. */
async function compare(
  from: Side,
  to: Side,
  map: NamedMap,
  poses: number,
  signal: AbortSignal,
): Promise<Compared> {
  if (!to.simulator)
    throw new FarsimError('UNSUPPORTED', `${to.name} is a recording: states cannot be put into it`, {
      suggestions: ['name the recording first and the model second'],
    });
  const view = mapped(to.simulator, { as: from.spec, map });
  if (from.recording) {
    const report = await replay({ recording: from.recording, view, signal });
    return { bodies: report.bodies, poses: report.compared };
  }
  const residual = await mapResidual(from.simulator!, view, poses);
  return { bodies: residual.report(), poses: residual.rows };
}
