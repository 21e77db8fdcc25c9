import { Args, Command, Flags } from '@oclif/core';
import { FarsimError, PluginFinder, configJsonSchema } from '@farsim/core';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { beginConfig } from '../init/begin-config.ts';
import { beginOnHost, type BeginOnHost, type BegunHost } from '../init/begin-on-host.ts';
import type { Beginning } from '../init/choose-beginning.ts';
import { takeInterruption } from '../terminal/interruption.ts';
import { warnOfBroken } from '../terminal/warn-of-broken.ts';
import { writeNamedFile } from '../terminal/write-named-file.ts';

const schemaFile = 'farsim.schema.json';
/** A cold file system of a cluster takes its time. */
const patienceMs = 60_000;

export default class Init extends Command {
  static override summary = 'Write a config to start from, and its schema for editors.';
  static override examples = [
    '<%= config.bin %> init',
    '<%= config.bin %> init lift.yaml --host me@gpu-box',
    '<%= config.bin %> init arm.yaml --model arm.xml',
  ];
  static override args = {
    file: Args.string({ description: 'Where to write it.', default: 'pipeline.yaml' }),
  };
  static override flags = {
    host: Flags.string({
      helpValue: 'HOST',
      summary:
        'Far machine, as for ssh: me@gpu-box. It is looked at, and what it has goes into the config and ~/.config/farsim/hosts.yaml. Left out: this one, as it is.',
    }),
    python: Flags.string({
      helpValue: 'PATH',
      multiple: true,
      multipleNonGreedy: true,
      summary: 'An interpreter or a virtual environment there to look into too; may repeat.',
    }),
    model: Flags.string({
      helpValue: 'FILE',
      summary: 'An MJCF file to simulate; left out: what the machine has, or Gymnasium’s Ant-v5.',
    }),
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
    const begun =
      flags.host === undefined
        ? undefined
        : await this.#look(flags.host, { plugins, model, also: flags.python ?? [] });
    const { use, task, drawn } = begun?.beginning ?? atOnce(model);
    const on = begun?.name ?? 'local';
    const config = beginConfig({ schema: schemaFile, use, task, model, on, python: begun?.python, drawn });
    await writeNamedFile(schema, `${JSON.stringify(configJsonSchema(plugins), undefined, 2)}\n`);
    await writeNamedFile(args.file, config);
    const files = [args.file, schema, ...(begun?.file === undefined ? [] : [begun.file])];
    if (flags.json) this.log(JSON.stringify({ files, ...(begun && { host: answerOf(begun) }) }));
    else {
      for (const said of begun?.found ?? []) this.log(`found  ${said}`);
      for (const said of begun?.chose ?? []) this.log(`chose  ${said}`);
      this.log(`wrote ${files.slice(0, -1).join(', ')} and ${files.at(-1)}\nnext: farsim run ${args.file}`);
    }
  }

  /** Asks nothing; Ctrl-C ends it. */
  async #look(
    host: string,
    order: Omit<BeginOnHost, 'signal' | 'model'> & { readonly model: string | undefined },
  ): Promise<BegunHost> {
    using interruption = takeInterruption('stopping');
    const signal = AbortSignal.any([interruption.signal, AbortSignal.timeout(patienceMs)]);
    return beginOnHost(host, { ...order, model: order.model !== undefined, signal });
  }
}

function atOnce(model: string | undefined): Omit<Beginning, 'why'> {
  return model === undefined
    ? { use: 'gymnasium', task: 'Ant-v5', drawn: true }
    : { use: 'mujoco-native', drawn: true };
}

function answerOf({ name, entry, interpreters, machine, found, chose }: BegunHost): object {
  const { gpus, disk } = machine;
  return { name, entry, interpreters, gpus, disk, found, chose };
}

/** A model's path as a config reads it, which starts from its own folder. Throws FILE_NOT_FOUND. */
function modelFrom(config: string, model: string): string {
  if (!existsSync(model))
    throw new FarsimError('FILE_NOT_FOUND', `--model: there is no file ${path.resolve(model)}`);
  return path.isAbsolute(model) ? model : path.relative(path.dirname(config), model);
}
