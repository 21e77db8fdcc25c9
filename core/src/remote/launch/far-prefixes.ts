import { FarsimError } from '../../model/errors.ts';
import type { Host } from '../../ports/transport.ts';

const jobWord = '{job}';
/** Each of them makes an allocation of its own, so that a later command behind it would land elsewhere. */
const queues = /(?:^|\/)(?:srun|salloc|sbatch|qsub|qrsh|bsub|jsrun|flux|oarsub)$/;
const listMissing =
  'n=0; for word; do command -v -- "$word" > /dev/null || echo "farsim missing $n"; n=$((n + 1)); done';

/** The words that a far simulator's commands go through. */
export interface FarPrefixes {
  /** Before the command that starts the bridge. */
  readonly launch: readonly string[];
  /** Before what is done ahead of the start: uploads, the search for Python. Empty where the way in is known only then: the home is shared. */
  readonly prepare: readonly string[];
  /** True when the way in names the queue's job. */
  readonly entersJob: boolean;
  /** Before every later command, once the bridge runs as that job of a queue. */
  readonly enter: (job: string | undefined) => readonly string[];
}

export interface PrefixOptions {
  readonly launch: readonly string[];
  readonly enter?: readonly string[] | undefined;
}

/** Takes `launch` and `enter` apart. Throws CONFIG_INVALID where a queue starts the bridge and nothing says how to enter its job. */
export function readPrefixes({ launch, enter = launch }: PrefixOptions): FarPrefixes {
  if (enter === launch && launch[0] !== undefined && queues.test(launch[0])) {
    throw new FarsimError(
      'CONFIG_INVALID',
      `launch: '${launch[0]}' makes an allocation each time, and \`enter\` does not say how to join it`,
      { suggestions: [`enter: [srun, --overlap, '--jobid=${jobWord}']`] },
    );
  }
  const entersJob = enter.some((word) => word.includes(jobWord));
  return {
    launch,
    prepare: entersJob ? [] : enter,
    entersJob,
    enter: (job = '') => enter.map((word) => word.replaceAll(jobWord, job)),
  };
}

/** Throws START_FAILED, naming it, when a program that a prefix begins with is not on the host. */
export async function requirePrefixPrograms(
  host: Host,
  { launch, enter }: FarPrefixes,
  signal: AbortSignal,
): Promise<void> {
  const programs = [...new Set([launch[0], enter('')[0]].filter((word) => word !== undefined))];
  if (programs.length === 0) return;
  const { stdout } = await (
    await host.run(['sh', '-c', listMissing, 'sh', ...programs], { signal })
  ).finished;
  const missing = /^farsim missing (\d+)$/m.exec(Buffer.from(stdout).toString('utf8'));
  if (!missing) return;
  throw new FarsimError('START_FAILED', `${host.name} has no program '${programs[Number(missing[1])]}'`, {
    suggestions: ['name it by its path in `launch` and `enter`'],
  });
}

/** Throws START_FAILED with what the words said when not even `true` can be run behind them. */
export async function requireEntry(host: Host, words: readonly string[], signal: AbortSignal): Promise<void> {
  if (words.length === 0) return;
  const { exitCode, stderr } = await (await host.run([...words, 'true'], { signal })).finished;
  if (exitCode === 0) return;
  const said = Buffer.from(stderr).toString('utf8').trim();
  throw new FarsimError(
    'START_FAILED',
    `\`${words.join(' ')}\` on ${host.name} ended with exit status ${exitCode}: ${said || 'it printed nothing'}`,
  );
}
