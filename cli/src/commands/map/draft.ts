import { Args, Command, Flags } from '@oclif/core';
import { draftMap } from '@farsim/core';
import { sideForms } from '../../maps/open-side.ts';
import { openSides } from '../../maps/open-sides.ts';
import { writeNamedFile } from '../../terminal/write-named-file.ts';

export default class MapDraft extends Command {
  static override summary = 'Write a map file between two sides’ names, as far as the names tell.';
  static override examples = [
    '<%= config.bin %> map draft runs/latest panda/scene.xml -o panda-map.yaml',
    '<%= config.bin %> map draft pipeline.yaml:plant panda/scene.xml',
  ];
  static override args = {
    from: Args.string({ required: true, description: `Whose names states have: ${sideForms}.` }),
    to: Args.string({ required: true, description: 'What they are put into, written alike.' }),
  };
  static override flags = {
    output: Flags.string({
      char: 'o',
      helpValue: 'FILE',
      summary: 'Where the map is written; left out: it is printed.',
    }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(MapDraft);
    await using sides = await openSides(args, flags.json);
    const { from, to } = sides;
    const { text, joints, bodies } = draftMap(from.spec.entities, to.spec.entities);
    sides.clear();
    const map = `# from ${from.name}, to ${to.name}\n${text}`;
    if (flags.output !== undefined) await writeNamedFile(flags.output, map);
    if (flags.json)
      this.log(JSON.stringify({ map, openJoints: joints, openBodies: bodies, output: flags.output }));
    else {
      this.log(flags.output === undefined ? map.trimEnd() : `${flags.output} is written`);
      if (joints + bodies > 0)
        this.logToStderr(
          `${joints} joints and ${bodies} bodies have no partner: they are comments in the map`,
        );
    }
  }
}
