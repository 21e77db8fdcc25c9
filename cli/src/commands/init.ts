import { Args, Command, Flags } from '@oclif/core';
import { FarsimError, PluginFinder, configJsonSchema } from '@farsim/core';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { warnOfBroken } from '../warn-of-broken.ts';
import { writeNamedFile } from '../write-named-file.ts';

const schemaFile = 'farsim.schema.json';

export default class Init extends Command {
  static override summary = 'Write a config to start from, and its schema for editors.';
  static override args = {
    file: Args.string({ description: 'Where to write it.', default: 'pipeline.yaml' }),
  };
  static override flags = {
    host: Flags.string({ summary: 'Far machine, as for ssh: me@gpu-box. Left out: this one.' }),
    model: Flags.string({ summary: 'An MJCF file to simulate; left out: Gymnasium’s Ant-v5.' }),
    force: Flags.boolean({ summary: 'Overwrite what is there.' }),
    json: Flags.boolean({ summary: 'Answer as one JSON object.' }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Init);
    if (existsSync(args.file) && !flags.force) {
      throw new FarsimError('USAGE', `${args.file} is there already`, {
        suggestions: ['--force overwrites it'],
      });
    }
    const model = flags.model === undefined ? undefined : modelFrom(args.file, flags.model);
    const schema = path.join(path.dirname(args.file), schemaFile);
    const { plugins, broken } = await new PluginFinder().loadAll(process.cwd());
    warnOfBroken(this, broken);
    await writeNamedFile(schema, `${JSON.stringify(configJsonSchema(plugins), undefined, 2)}\n`);
    await writeNamedFile(args.file, template({ host: flags.host, model }));
    this.log(
      flags.json
        ? JSON.stringify({ files: [args.file, schema] })
        : `wrote ${args.file} and ${schema}\nnext: farsim run ${args.file}`,
    );
  }
}

/** A model's path as a config reads it, which starts from its own folder. Throws FILE_NOT_FOUND. */
function modelFrom(config: string, model: string): string {
  if (!existsSync(model))
    throw new FarsimError('FILE_NOT_FOUND', `--model: there is no file ${path.resolve(model)}`);
  return path.isAbsolute(model) ? model : path.relative(path.dirname(config), model);
}

function template({
  host,
  model,
}: {
  readonly host?: string | undefined;
  readonly model?: string | undefined;
}): string {
  const plant =
    model === undefined
      ? 'use: gymnasium, task: Ant-v5'
      : `use: mujoco-native, model: ${JSON.stringify(model)}`;
  return `# yaml-language-server: $schema=${schemaFile}
version: 1
simulators:
  plant: { ${plant}, on: ${host === undefined ? 'local' : JSON.stringify(host)} } # far: \`on\` is a host, an ssh destination, or local
  view: { use: mujoco, model: from plant } # here: replays and draws
run:
  simulator: plant
  controller: { use: random, seed: 1 } # or zero, sine, keyframes, recorded
  episodes: 3
  steps: 100
  seed: 1
  replay: view
  video: { fps: 30 }
`;
}
