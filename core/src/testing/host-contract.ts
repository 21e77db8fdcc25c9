import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFarsimError } from '../model/errors.ts';
import type { FinishedProcess, Host, RunOptions } from '../ports/transport.ts';
import type { ContractRule } from './contract.ts';

export interface HostUnderTest extends AsyncDisposable {
  readonly host: Host;
  /** A folder there that the test may fill; absolute. The machine must have a POSIX `sh` and Node under `node`. */
  readonly folder: string;
  /** Absolute path of Node there. */
  readonly node: string;
}

const printArguments = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
const awkwardArguments = [
  '',
  ' ',
  '  two  spaces ',
  "it's",
  '"quoted"',
  '$HOME `id` $(id)',
  '\\',
  '\\n',
  'a\nb',
  '\n',
  '\t',
  '*',
  '~',
  '-rf',
  '!!',
  '#',
  '&& false',
  '; exit 3',
  'ä€😀',
  'a=b',
  '{1,2}',
];

/** What every host owes: programs run as given, files put as given. */
export function hostContract(open: () => Promise<HostUnderTest>): ContractRule[] {
  const rules: ContractRule[] = [];
  const rule = (fact: string, check: (tested: HostUnderTest) => Promise<void>): void => {
    rules.push({
      fact,
      check: async () => {
        await using tested = await open();
        await check(tested);
      },
    });
  };

  rule('gives a program its arguments as they are', async ({ host, node }) => {
    // `--` keeps node from reading the arguments as options of its own
    const { stdout } = await run(host, [node, '-e', printArguments, '--', ...awkwardArguments]);
    assert.deepEqual(JSON.parse(text(stdout)), awkwardArguments);
  });
  rule('gives every byte but zero in an argument, as UTF-8', async ({ host, node }) => {
    const every = Array.from({ length: 255 }, (_, i) => String.fromCharCode(i + 1)).join('');
    const { stdout } = await run(host, [node, '-e', printArguments, '--', every]);
    assert.deepEqual(JSON.parse(text(stdout)), [every]);
  });
  rule('refuses an argument with a zero byte', async ({ host }) => {
    await rejectsWith('BAD_ARGUMENT', () => run(host, ['echo', 'a\0b']));
  });
  rule('tells the exit status and keeps standard output and error apart', async ({ host }) => {
    const ended = await run(host, ['sh', '-c', 'echo out; echo err >&2; exit 7']);
    assert.deepEqual([ended.exitCode, text(ended.stdout), text(ended.stderr)], [7, 'out\n', 'err\n']);
  });
  rule('tells the signal that ended a program', async ({ host }) => {
    const ended = await run(host, ['sh', '-c', 'kill -KILL $$']);
    assert.deepEqual([ended.exitCode, ended.signal], [null, 'SIGKILL']);
  });
  rule('ends with 127 when there is no such program', async ({ host }) => {
    assert.equal((await run(host, ['/nowhere/no-such-program'])).exitCode, 127);
  });
  rule('passes input, environment and working folder', async ({ host, folder }) => {
    const env = { FARSIM_TEST: "it's $HOME\nand more" };
    const ended = await run(host, ['sh', '-c', 'cat; printf "%s" "$FARSIM_TEST"; pwd'], {
      input: 'given ',
      env,
      cwd: folder,
    });
    assert.equal(text(ended.stdout), `given ${env.FARSIM_TEST}${folder}\n`);
  });
  rule('carries 1 MiB through standard input and output', async ({ host }) => {
    const input = Buffer.alloc(1 << 20, 'farsim\n');
    assert.equal(Buffer.compare((await run(host, ['cat'], { input })).stdout, input), 0);
  });
  rule('gives output as it comes', async ({ host }) => {
    let seen!: () => void;
    const first = new Promise<void>((resolve) => (seen = resolve));
    await using running = await host.run(['sh', '-c', 'echo first; exec sleep 20'], {
      onOutput: () => seen(),
    });
    await first;
    running.end();
    assert.notEqual((await running.finished).exitCode, 0);
  });
  rule('ends a program when its signal aborts', async ({ host, folder }) => {
    const stop = new AbortController();
    const running = await host.run(['sh', '-c', `echo $$ > ${folder}/pid; exec sleep 60`], {
      signal: stop.signal,
    });
    const finished = running.finished.catch((error: unknown) => error);
    await until(
      async () =>
        text((await run(host, ['sh', '-c', `cat ${folder}/pid 2>/dev/null || true`])).stdout).trim() !== '',
    );
    stop.abort();
    const outcome = await finished;
    assert.equal(isFarsimError(outcome) && outcome.code, 'INTERRUPTED');
    await until(
      async () =>
        (await run(host, ['sh', '-c', `! kill -0 $(cat ${folder}/pid) 2>/dev/null`])).exitCode === 0,
    );
  });

  rule('puts files in new folders, readable by their names', async ({ host, folder }) => {
    const files = new Map(
      [
        'plain.txt',
        'deep/er/file.bin',
        'with space.txt',
        "it's",
        '-rf',
        '$HOME',
        '*',
        'ä€😀.py',
        '"',
        '.hidden',
      ].map((name, i): [string, Uint8Array] => [name, Buffer.from(`${name} ${i}`)]),
    );
    files.set('empty', new Uint8Array());
    files.set('large.bin', Buffer.alloc(300_000, 'x1y2z3'));
    await host.upload(files, `${folder}/a folder/new`);
    for (const [name, bytes] of files) {
      const { stdout } = await run(host, ['cat', '--', `${folder}/a folder/new/${name}`]);
      assert.equal(Buffer.compare(stdout, bytes), 0, `${name} has other bytes there`);
    }
    const { stdout } = await run(host, ['sh', '-c', `find "${folder}" -type f | wc -l`]);
    assert.equal(text(stdout).trim(), `${files.size}`, 'something is left over from the upload');
  });
  rule('keeps a file of the same size and replaces one of another', async ({ host, folder }) => {
    await host.upload(tree({ same: 'AAAA', other: 'BBBB' }), folder);
    await host.upload(tree({ same: 'CCCC', other: 'DDDDD' }), folder);
    const { stdout } = await run(host, ['cat', `${folder}/same`, `${folder}/other`]);
    assert.equal(text(stdout), 'AAAADDDDD');
  });
  for (const name of [
    '../out',
    'a/../../out',
    '/etc/out',
    'a//b',
    '',
    '.',
    'a/./b',
    'a\\..\\b',
    'C:/out',
    'a\nb',
    'a\0b',
    'x'.repeat(256),
  ]) {
    rule(
      `refuses the file name ${JSON.stringify(name.slice(0, 20))} and writes nothing`,
      async ({ host, folder }) => {
        await rejectsWith('PATH_REFUSED', () =>
          host.upload(new Map([...tree({ first: '1' }), [name, Buffer.from('2')]]), `${folder}/up`),
        );
        assert.notEqual(
          (await run(host, ['ls', `${folder}/up/first`])).exitCode,
          0,
          'a file was written all the same',
        );
      },
    );
  }
  rule('does not write through a link that leads out of the folder', async ({ host, folder }) => {
    await run(host, [
      'sh',
      '-c',
      `mkdir ${folder}/up ${folder}/outside && ln -s ${folder}/outside ${folder}/up/link`,
    ]);
    await rejectsWith('PATH_REFUSED', () => host.upload(tree({ 'link/file': '1' }), `${folder}/up`));
    assert.equal(text((await run(host, ['ls', `${folder}/outside`])).stdout), '');
  });
  rule('says UPLOAD_FAILED where it cannot write', async ({ host, folder }) => {
    await host.upload(tree({ file: '1' }), folder);
    await rejectsWith('UPLOAD_FAILED', () => host.upload(tree({ 'file/below': '1' }), folder));
  });
  return rules;
}

async function run(host: Host, argv: readonly string[], options?: RunOptions): Promise<FinishedProcess> {
  return (await host.run(argv, options)).finished;
}

function tree(files: Readonly<Record<string, string>>): ReadonlyMap<string, Uint8Array> {
  return new Map(Object.entries(files).map(([name, content]) => [name, Buffer.from(content)]));
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries === 100) assert.fail('it did not come true in 5 s');
    await sleep(50);
  }
}

async function rejectsWith(code: string, attempt: () => Promise<unknown>): Promise<void> {
  await assert.rejects(attempt, (error) => {
    assert.equal(isFarsimError(error) ? error.code : error, code);
    return true;
  });
}
