import os from 'node:os';
import {
  loadConfig,
  planPipeline,
  PluginFinder,
  previewPipeline,
  type FarStep,
  type Transport,
} from '@farsim/core';
import counter from '@farsim/sim-counter';
import { protobufCodec } from '@farsim/codec-protobuf';
import { describe, expect, test } from 'vitest';
import { openContext, openLocalTransport } from './open-far.ts';

async function preview(section: Readonly<Record<string, unknown>>) {
  const config = { version: 1, simulators: { plant: { use: 'counter', ...section } } };
  return previewPipeline(await planPipeline(loadConfig(config, []), new PluginFinder()));
}

/** The transport, and what was asked of its host before the first dial. */
function watch(transport: Transport): { watched: Transport; commands: string[][]; uploads: string[] } {
  const commands: string[][] = [];
  const uploads: string[] = [];
  const host = transport.host!;
  let dialled = false;
  const watched: Transport = {
    host: {
      name: host.name,
      local: host.local,
      run: (argv, options) => {
        if (!dialled) commands.push([...argv]);
        return host.run(argv, options);
      },
      upload: (files, directory, options) => {
        uploads.push(...[...files.keys()].map((file) => `${directory}/${file}`));
        return host.upload(files, directory, options);
      },
    },
    connect: (address, options) => {
      dialled = true;
      return transport.connect!(address, options);
    },
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  };
  return { watched, commands, uploads };
}

describe('a preview of a far start', () => {
  test('tells what the start then runs and uploads', async () => {
    const [start] = await preview({ on: 'local' });
    const athome = (word: string): string => word.replace(/^~/, os.homedir());
    const told: readonly FarStep[] = start!.steps;
    const { watched, commands, uploads } = watch(await openLocalTransport());
    const config = counter.config.parse({});
    const simulator = await counter.open(config, {
      ...openContext(),
      transport: watched,
      codec: protobufCodec,
    } as Parameters<typeof counter.open>[1]);
    await simulator[Symbol.asyncDispose]();
    await watched[Symbol.asyncDispose]();
    expect(told.flatMap((step) => (step.does === 'run' ? [step.command.map(athome)] : []))).toEqual(commands);
    expect(told.flatMap((step) => (step.does === 'upload' ? [athome(step.path)] : []))).toEqual(uploads);
    expect(told.at(-1)).toMatchObject({ does: 'dial' });
  });
  test('reaches no machine: one that is not there has its commands too, with their wrappers and hashes', async () => {
    const [start] = await preview({
      on: 'no-such-host.invalid',
      launch: ['srun', '--gres=gpu:1'],
      enter: ['srun', '--overlap', '--jobid={job}'],
    });
    expect(start).toMatchObject({ simulator: 'plant', host: 'no-such-host.invalid' });
    expect(start!.unknown).toBeUndefined();
    const { steps } = start!;
    expect(steps.find(({ does }) => does === 'upload')).toMatchObject({
      path: expect.stringMatching(/^~\/\.cache\/farsim\/bridges\/bridge-[0-9a-f]{24}\.pyz$/),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const up = steps.find((step) => step.does === 'run' && step.command.includes('up'));
    expect(up).toMatchObject({
      command: expect.arrayContaining(['srun', '--gres=gpu:1', 'up', '--foreground']),
      input: { sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    expect(steps.at(-1)).toMatchObject({
      does: 'dial',
      address: {
        exec: expect.arrayContaining(['srun', '--overlap', '--jobid=<job>', 'attach', '<session>']),
      },
    });
  });
  test('tells what a container is sent, too', async () => {
    const launch = ['docker', 'exec', '-i', 'isaac'];
    const [start] = await preview({ on: 'no-such-host.invalid', launch });
    const sent = start!.steps.filter(
      (step) => step.does === 'run' && step.input && step.input.bytes > 10_000,
    );
    expect(sent).toMatchObject([{ command: expect.arrayContaining(launch) }]);
  });
});
