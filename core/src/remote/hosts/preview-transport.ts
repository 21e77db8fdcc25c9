import { createHash } from 'node:crypto';
import { FarsimError } from '../../model/errors.ts';
import { requireRelativePath } from '../../model/relative-path.ts';
import type { Address, Host, RunningProcess, Transport } from '../../ports/transport.ts';
import { listLaunches } from '../launch/launch-scripts.ts';

/** One thing that a start does on its host, in the order in which it does them. */
export type FarStep =
  | { readonly does: 'run'; readonly command: readonly string[]; readonly input?: ContentDigest }
  | ({ readonly does: 'upload'; readonly path: string } & ContentDigest)
  | { readonly does: 'dial'; readonly address: Address };

export interface ContentDigest {
  readonly bytes: number;
  /** In hexadecimal. */
  readonly sha256: string;
}

/** What the bridge's commands would answer, all in one (docs/protocol.md, "The bridge's first line"); what only the machine knows is named. */
const answer = {
  farsim: 1,
  version: [3, 10, 0],
  home: '~',
  python: '<the managed environment’s python>',
  pythonVersion: '3.10.0',
  session: '<session>',
  job: '<job>',
  token: '',
  address: 'unix:<the session’s socket>',
};

/**
 * A transport that reaches nothing and does nothing: it notes what a start would do up to its first dial, which it refuses with
 * INTERRUPTED. `local` is the host's.
 */
export function createPreviewTransport(
  name: string,
  local: boolean,
  note: (step: FarStep) => void,
): Transport {
  let over = false;
  const tell = (step: FarStep): void => {
    if (!over) note(step);
  };
  const host: Host = {
    name,
    local,
    run: async (command, { input } = {}) => {
      const told = input === undefined ? {} : { input: digest(Buffer.from(input)) };
      tell({ does: 'run', command, ...told });
      return answered(asksWhatIsKept(command) ? '' : `${JSON.stringify(answer)}\n${nothingThere(input)}`);
    },
    upload: async (files, directory) => {
      for (const [file, bytes] of files)
        tell({ does: 'upload', path: [directory, ...requireRelativePath(file)].join('/'), ...digest(bytes) });
    },
  };
  return {
    host,
    connect: async (address) => {
      tell({ does: 'dial', address });
      over = true;
      throw new FarsimError('INTERRUPTED', `a preview does not dial ${name}`);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function answered(said: string): RunningProcess {
  const stdout = Buffer.from(said === '' ? '{"farsim":1}\n' : said);
  const finished = Promise.resolve({ exitCode: 0, stdout, stderr: new Uint8Array() });
  return { finished, end: () => undefined, [Symbol.asyncDispose]: async () => undefined };
}

function asksWhatIsKept(command: readonly string[]): boolean {
  return command.includes(listLaunches) || command.at(-3) === 'join';
}

/** What an upload by a shell is told of a machine that has none of its files. */
function nothingThere(input: Uint8Array | string | undefined): string {
  const listed = typeof input === 'string' ? [...input.matchAll(/^\d+\/.+$/gm)] : [];
  return listed.map((_, index) => `farsim missing ${index}\n`).join('');
}

function digest(content: Uint8Array): ContentDigest {
  return { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}
