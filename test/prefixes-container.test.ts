import { protobufCodec } from '@farsim/codec-protobuf';
import { openRemoteSimulator } from '@farsim/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { counterOrder, openCounter, openLocalTransport } from './open-far.ts';
import { openContainer, type Container } from './prefixes/open-container.ts';
import { expectNoneSince, launches, local, overSsh, sessionOf, stepOn } from './prefixes/prefixed-counter.ts';
import { mayOpenNamespaces } from './sshd/network-namespaces.ts';
import { startSshd, type Sshd } from './sshd/start-sshd.ts';

let sshd: Sshd;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(() => sshd[Symbol.asyncDispose]());

const containers = 'a far simulator in a container';
describe.runIf(mayOpenNamespaces(containers))(containers, () => {
  let container: Container;
  beforeAll(async () => {
    container = await openContainer();
  });
  afterAll(() => container[Symbol.asyncDispose]());

  test.each([local, ...overSsh])('is started, stepped and ended there, over $link', async ({ open }) => {
    const before = launches();
    await using transport = await open(sshd);
    await using simulator = await openCounter(transport, { far: { launch: [container.exec] } });
    await simulator.reset();
    await stepOn(simulator, 0);
    expect(await container.ask('ls ~/.cache/farsim/bridges')).toMatch(/^bridge-\w{24}\.pyz$/m);
    expect(await container.ask('cat ~/.cache/farsim/hosts/box-*/*/state.json')).toContain(
      sessionOf(simulator),
    );
    await simulator[Symbol.asyncDispose]();
    expect(await container.ask('cat /proc/[0-9]*/environ | tr "\\0" "\\n"')).not.toContain(
      sessionOf(simulator),
    );
    await expectNoneSince(before);
  });
  test('that has no such interpreter is not taken for one that is not there', async () => {
    await using transport = await openLocalTransport();
    const far = { launch: [container.exec], python: '/no/such/python' };
    await expect(openCounter(transport, { far })).rejects.toMatchObject({
      code: 'PYTHON_NOT_FOUND',
      message: expect.stringContaining("'/no/such/python'"),
    });
  });
  test('without internet gets its managed environment from wheels, and says which', async () => {
    await using transport = await openLocalTransport();
    const env = { PIP_RETRIES: '1', FARSIM_CACHE: '/tmp/inside/kept' };
    const order = await counterOrder({ far: { launch: [container.exec], python: 'managed', env } });
    const adapter = { ...order.adapter, requirements: ['numpy==2.3.0'] };
    await expect(openRemoteSimulator(transport, protobufCodec, { ...order, adapter })).rejects.toMatchObject({
      code: 'ENVIRONMENT_FAILED',
      message: expect.stringMatching(/^box reaches no package index; it needs wheels of numpy==2\.3\.0/),
      suggestions: expect.arrayContaining([
        expect.stringMatching(/pip download --only-binary=:all: .* --dest wheels numpy==2\.3\.0$/),
        expect.stringContaining('/tmp/inside/kept/wheels'),
      ]),
    });
  });
  test.each([20, 250])(
    'whose start is stopped after %d ms leaves nothing there and nothing here',
    async (ms) => {
      const before = launches();
      await using transport = await openLocalTransport();
      const stop = new AbortController();
      const progress = (line: string): void =>
        void (line.startsWith('starting ') && setTimeout(() => stop.abort(), ms));
      const opening = openCounter(transport, {
        far: { launch: [container.exec] },
        signal: stop.signal,
        progress,
      });
      await opening.then(
        (simulator) => simulator[Symbol.asyncDispose](),
        (error: unknown) => expect(error).toMatchObject({ code: 'INTERRUPTED' }),
      );
      const bridges = (): Promise<string> =>
        container.ask('cat /proc/[0-9]*/cmdline | tr "\\0" "\\n" | grep "[p]yz" || :');
      await expect.poll(bridges).toBe('');
      await expectNoneSince(before);
    },
  );
});
