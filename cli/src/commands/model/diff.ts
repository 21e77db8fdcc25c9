import { Args, Command, Flags } from '@oclif/core';
import { bindMap } from '@farsim/core';
import { formatTable } from '../../terminal/format.ts';
import { mapFlag, requireMap } from '../../maps/map-flag.ts';
import { sideForms } from '../../maps/open-side.ts';
import { printRemarks } from '../../maps/print-map.ts';
import { openSides } from '../../maps/open-sides.ts';

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
    map: mapFlag,
    all: Flags.boolean({ summary: 'Show what is equal too.' }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ModelDiff);
    const map = requireMap(flags.map);
    const { sideNumbers } = await import('../../maps/side-numbers.ts');
    const { modelDifferences } = await import('../../maps/model-differences.ts');
    await using sides = await openSides(args, flags.json);
    const { from, to, signal } = sides;
    const one = await sideNumbers(from, signal);
    const other = await sideNumbers(to, signal);
    const rows = modelDifferences(one, other, map);
    const bound = bindMap(one.spec.entities, other.spec.entities, map);
    const remarks = [...one.remarks, ...other.remarks, ...bound.remarks];
    sides.clear();
    if (flags.json) {
      this.log(JSON.stringify({ from: from.name, to: to.name, rows, lost: bound.lost, remarks }));
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
        ...printRemarks({ ...bound, remarks }),
      ].join('\n'),
    );
  }
}

function shownValue(value: number | string | undefined): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : (value ?? '–');
}
