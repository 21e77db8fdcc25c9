import { Args, Command, Flags } from '@oclif/core';
import { FarsimError, bindMap, findMap } from '@farsim/core';
import { formatTable } from '../../terminal/format.ts';
import { takeInterruption } from '../../terminal/interruption.ts';
import { openSide, sideForms } from '../../maps/open-side.ts';
import { createProgressLine } from '../../terminal/progress-line.ts';

export default class ModelDiff extends Command {
  static override summary =
    'Compare two robots joint by joint and body by body: order, limits, gains, damping, mass, inertia, friction, time steps.';
  static override examples = [
    '<%= config.bin %> model diff runs/latest panda/scene.xml --map builtin:franka',
    '<%= config.bin %> model diff one.xml other.xml --all',
  ];
  static override args = {
    from: Args.string({ required: true, description: `One side: ${sideForms}.` }),
    to: Args.string({ required: true, description: 'The other side, written alike.' }),
  };
  static override flags = {
    map: Flags.string({ summary: '`auto`, `builtin:franka` (go2, g1) or a map file.', default: 'auto' }),
    all: Flags.boolean({ summary: 'Show what is equal too.' }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ModelDiff);
    using interruption = takeInterruption('stopping');
    using line = createProgressLine(flags.json);
    const hooks = {
      signal: interruption.signal,
      progress: (text: string) => line.phase(text),
      log: (text: string) => line.note(text),
    };
    const map = findMap(flags.map, process.cwd());
    if (!map) throw new FarsimError('USAGE', '`--map none` leaves nothing to be compared');
    const { sideNumbers } = await import('../../maps/side-numbers.ts');
    const { modelDifferences } = await import('../../maps/model-differences.ts');
    await using from = await openSide(args.from, hooks);
    await using to = await openSide(args.to, hooks);
    const one = await sideNumbers(from, interruption.signal);
    const other = await sideNumbers(to, interruption.signal);
    const rows = modelDifferences(one, other, map);
    const remarks = [
      ...one.remarks,
      ...other.remarks,
      ...bindMap(one.spec.entities, other.spec.entities, map).remarks,
    ];
    line[Symbol.dispose]();
    if (flags.json) {
      this.log(JSON.stringify({ from: from.name, to: to.name, rows, remarks }));
      return;
    }
    const shown = rows.filter(({ same }) => flags.all || !same);
    const cells = shown.map((row) => [
      row.name || row.kind,
      row.quantity,
      shownValue(row.from),
      shownValue(row.to),
    ]);
    this.log(
      [
        ...(cells.length > 0 ? [formatTable([['', 'quantity', from.name, to.name], ...cells])] : []),
        `${rows.filter(({ same }) => !same).length} of ${rows.length} quantities differ`,
        ...remarks.map((remark) => `- ${remark}`),
      ].join('\n'),
    );
  }
}

function shownValue(value: number | string | undefined): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : (value ?? '–');
}
