import { jsonLine } from '../../session/json-line.ts';
import { FarsimError } from '../../model/errors.ts';
import type { FinishedProcess, Host } from '../../ports/transport.ts';

const oldest = [3, 10] as const;
/** A cold interpreter on a network file system takes seconds; conda's activation some more. */
const probeMs = 120_000;
const probe =
  'import json,os,sys;print(json.dumps({"farsim":1,"version":sys.version_info[:3],"home":os.path.expanduser("~")}))';

/** Activates a conda environment as `conda activate` does, its activate.d included, and becomes the command that follows. */
const condaScript = [
  'for c in "$CONDA_EXE" "$(command -v conda)" ~/miniconda3/bin/conda ~/anaconda3/bin/conda ~/miniforge3/bin/conda ~/mambaforge/bin/conda /opt/{conda,miniconda3,miniforge3}/bin/conda; do',
  '[ -x "$c" ] && break; c=; done',
  '[ -n "$c" ] || { echo "farsim: no conda found" >&2; exit 127; }',
  'eval "$("$c" shell.posix hook)" && conda activate "$1" || exit 127',
  'shift; exec "$@"',
].join('\n');

/** An interpreter that was tried on the far machine. */
export interface FarPython {
  /** Words that run it; arguments follow. */
  readonly command: readonly string[];
  readonly version: string;
  /** Home folder there. */
  readonly home: string;
}

/** Finds `python3`, a path, or `conda:NAME` on the host. Throws PYTHON_NOT_FOUND or PYTHON_TOO_OLD. */
export async function findFarPython(
  host: Host,
  python: string | undefined,
  signal: AbortSignal,
  deadlineMs = probeMs,
): Promise<FarPython> {
  const command = commandOf(python ?? 'python3');
  const result = await tryInterpreter(host, command, python ?? 'python3', signal, deadlineMs);
  const answer = jsonLine(text(result.stdout));
  if (!answer) throw notFound(host, python ?? 'python3', result);
  const version = answer.version as number[];
  if (!isNewEnough(version)) {
    throw new FarsimError(
      'PYTHON_TOO_OLD',
      `${host.name} has Python ${version.join('.')}; the bridge needs ${oldest.join('.')} or newer`,
      {
        suggestions: ['name a newer interpreter with `python: /path/to/python3` or `python: conda:NAME`'],
      },
    );
  }
  return { command, version: version.join('.'), home: answer.home as string };
}

/** True for versions of Python that the bridge runs in. */
export function isNewEnough([major = 0, minor = 0]: readonly number[]): boolean {
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

async function tryInterpreter(
  host: Host,
  command: readonly string[],
  python: string,
  signal: AbortSignal,
  deadlineMs: number,
): Promise<FinishedProcess> {
  const late = AbortSignal.timeout(deadlineMs);
  try {
    const process = await host.run([...command, '-c', probe], { signal: AbortSignal.any([signal, late]) });
    return await process.finished;
  } catch (error) {
    if (!late.aborted || signal.aborted) throw error;
    throw new FarsimError(
      'PYTHON_NOT_FOUND',
      `'${python}' on ${host.name} did not answer within ${deadlineMs / 1000} s`,
      {
        suggestions: ['try it there by hand: does it wait for something, or does its file system hang?'],
        cause: error,
      },
    );
  }
}

function commandOf(python: string): string[] {
  if (!python.startsWith('conda:')) return [python];
  return ['bash', '-c', condaScript, 'farsim', python.slice('conda:'.length), 'python'];
}

function notFound(host: Host, python: string, result: FinishedProcess): FarsimError {
  const said = text(result.stderr).trim();
  const how = result.exitCode === 127 ? '' : ` (exit status ${result.exitCode ?? result.signal})`;
  return new FarsimError(
    'PYTHON_NOT_FOUND',
    `${host.name} has no usable '${python}'${how}${said === '' ? '' : `: ${said}`}`,
    {
      suggestions: ['name an interpreter of Python 3.10 or newer with `python:`, or install python3 there'],
    },
  );
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}
