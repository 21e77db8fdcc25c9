import { Args, Command, Flags } from '@oclif/core';
import {
  FarsimError,
  bindMap,
  errorCodes,
  mapResidual,
  mapped,
  replay,
  summarizeMap,
  type BodyPoseError,
  type NamedMap,
} from '@farsim/core';
import { describeMap } from '../../maps/list-maps.ts';
import { numberFlag } from '../../terminal/number-flag.ts';
import { mapFlag, requireMap } from '../../maps/map-flag.ts';
import { sideForms } from '../../maps/open-side.ts';
import { openSides, type Sides } from '../../maps/open-sides.ts';
import { printCoverage, printResidual } from '../../maps/print-map.ts';

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
    map: mapFlag,
    poses: numberFlag({ min: 2 })({ summary: 'Poses that a live side is put into.', default: 8 }),
    tolerance: numberFlag({ min: 0 })({
      summary: 'Metres (and ten times as many radians) that a body may move against the other.',
      default: 1e-4,
    }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(MapCheck);
    const map = requireMap(flags.map);
    await using sides = await openSides(args, flags.json);
    const { from, to } = sides;
    const bound = bindMap(from.spec.entities, to.spec.entities, map);
    const { bodies, poses } = await compare(sides, map, flags.poses);
    sides.clear();
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
async function compare({ from, to, signal }: Sides, map: NamedMap, poses: number): Promise<Compared> {
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
