import { randomBytes } from 'node:crypto';
import { FarsimError } from '../../model/errors.ts';
import { requireRelativePath } from '../../model/relative-path.ts';
import type { FileTree } from '../../ports/simulator.ts';
import type { FinishedProcess, Host } from '../../ports/transport.ts';

const atOnce = 4;
const leadsOut = 66;

/** Names $1 as the shell's own user would. */
const takeFolder = `case $1 in "~" | "~/"*) folder=$HOME\${1#"~"} ;; *) folder=$1 ;; esac`;

/** Prints `farsim missing N` for each line `size/name` of its input, counted from 0, that is not a file of that size below $1. */
const listMissing = `${takeFolder}
n=0
while IFS=/ read -r size name; do
  file=$folder/$name
  if [ -f "$file" ] && [ ! -L "$file" ] && [ "$(wc -c < "$file")" -eq "$size" ]; then :; else echo "farsim missing $n"; fi
  n=$((n + 1))
done`;

/** Writes its input as $2 below $1 when it has $3 bytes, through the unfinished file $4; exits with 66 where a link leads out of $1. */
const putOne = `set -eu
umask 077
${takeFolder}
mkdir -p -- "$folder"
root=$(cd -- "$folder" && pwd -P)
here=$folder
rest=$2
while case $rest in */*) true ;; *) false ;; esac; do
  here=$here/\${rest%%/*}
  rest=\${rest#*/}
  [ -d "$here" ] || mkdir -- "$here" || [ -d "$here" ]
  case $(cd -- "$here" && pwd -P)/ in "\${root%/}"/*) ;; *) echo "$here is a link that leads out" >&2; exit ${leadsOut} ;; esac
done
part=$here/$4
trap 'rm -f -- "$part"' EXIT
trap 'exit 1' HUP INT TERM
cat > "$part"
[ "$(wc -c < "$part")" -eq "$3" ] || { echo "it came incomplete" >&2; exit 1; }
[ ! -d "$here/$rest" ] || { echo "$here/$rest is a folder" >&2; exit 1; }
mv -f -- "$part" "$here/$rest"`;

/**
 * Puts files under a folder of the machine or container that `host.run` leads to, each whole or not at all; one of the same size
 * stays. It takes a POSIX shell there and no sftp: a machine that cannot run a program is of no use here anyway. Throws
 * PATH_REFUSED before the first is written, or UPLOAD_FAILED.
 */
export async function putFilesByShell(
  host: Pick<Host, 'name' | 'run'>,
  files: FileTree,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const named = [...files];
  for (const [name] of named) requireRelativePath(name);
  if (named.length === 0) return;
  const run = async (argv: readonly string[], input: Uint8Array | string): Promise<FinishedProcess> =>
    (await host.run(argv, { input, ...(signal && { signal }) })).finished;
  const list = named.map(([name, bytes]) => `${bytes.length}/${name}\n`).join('');
  const listed = await run(['sh', '-c', listMissing, 'sh', directory], list);
  if (listed.exitCode !== 0) throw failed(host, directory, listed);
  const missing = [...text(listed.stdout).matchAll(/^farsim missing (\d+)$/gm)].map(
    ([, index]) => named[Number(index)]!,
  );
  const put = async (): Promise<void> => {
    for (let next = missing.shift(); next; next = missing.shift()) {
      const [name, bytes] = next;
      const unfinished = `.farsim-${randomBytes(6).toString('hex')}.part`;
      const ended = await run(
        ['sh', '-c', putOne, 'sh', directory, name, String(bytes.length), unfinished],
        bytes,
      );
      if (ended.exitCode !== 0) throw failed(host, `${directory}/${name}`, ended);
    }
  };
  const putting = Array.from({ length: Math.min(atOnce, missing.length) }, put);
  try {
    await Promise.all(putting);
  } catch (error) {
    missing.length = 0;
    await Promise.allSettled(putting);
    throw error;
  }
}

/** UPLOAD_FAILED with the way out; `said` names the file and what its machine said. */
export function uploadFailed(said: string, cause?: unknown): FarsimError {
  return new FarsimError('UPLOAD_FAILED', said, {
    suggestions: [
      'farsim needs some space in a home there that you may write to: `df -h ~`, `ls -ld ~/.cache`',
    ],
    ...(cause !== undefined && { cause }),
  });
}

function failed(
  host: Pick<Host, 'name'>,
  file: string,
  { exitCode, signal, stderr }: FinishedProcess,
): FarsimError {
  const said = text(stderr).trim() || `exit status ${exitCode ?? signal}`;
  if (exitCode === leadsOut) return new FarsimError('PATH_REFUSED', `${file} on ${host.name}: ${said}`);
  return uploadFailed(`${file} on ${host.name}: ${said}`);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
