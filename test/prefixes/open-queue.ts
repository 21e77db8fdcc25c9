import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Waits for its allocation, then runs the command on a node of its own; whatever that leaves behind ends with it, as `srun` sees to. */
const runInJob = `#!/bin/sh
place=\${0%/*}
while case $1 in --*) true ;; *) false ;; esac; do shift; done
trap 'echo "queue-run: job 4711 has been revoked" >&2; exit 1' INT TERM
echo $$ > "$place/waiting"
echo "queue-run: job 4711 queued and waiting for resources" >&2
until [ -e "$place/allocated" ]; do
  if [ -e "$place/refused" ]; then echo "queue-run: error: Invalid account" >&2; exit 3; fi
  sleep 0.05
done
trap : INT TERM
exec 3<&0
export SLURM_JOB_ID=4711
unshare --mount --pid --uts --fork --mount-proc --kill-child sh -c '
  hostname node7
  mkdir -p -m 700 "/tmp/farsim-$(id -u)"
  mount -t tmpfs -o mode=700 none "/tmp/farsim-$(id -u)"
  exec "$@"' sh "$@" <&3 3<&- &
job=$!
first=
while [ -z "$first" ] && kill -0 $job; do
  sleep 0.01
  read -r first < /proc/$job/task/$job/children
done 2> /dev/null
echo "$job $first" > "$place/job-4711"
while :; do
  wait $job
  status=$?
  kill -0 $job 2> /dev/null || break
done
rm -f "$place/job-4711"
[ $status -ne 137 ] || echo "queue-run: error: job 4711 CANCELLED DUE TO TIME LIMIT" >&2
exit $status
`;

const runBesideJob = `#!/bin/sh
case $1 in --jobid=*) job=\${1#--jobid=} ;; *) echo "queue-enter: no job" >&2; exit 2 ;; esac
shift
read -r holder first 2> /dev/null < "\${0%/*}/job-$job" ||
  { echo "queue-enter: error: Unable to confirm allocation for job: Invalid job id specified" >&2; exit 1; }
exec nsenter --target "$first" --mount --pid --uts -- "$@"
`;

/** A queue with one job, 4711: its node has its own processes, sockets and host name; the home is shared. */
export interface Queue extends AsyncDisposable {
  readonly launch: readonly string[];
  readonly enter: readonly string[];
  /** Gives the allocation. */
  allocate(): Promise<void>;
  /** Lets the job fail before it begins. */
  refuse(): Promise<void>;
  /** True once somebody queues. */
  isAsked(): boolean;
  /** The process that queues or runs the job, while it is there. */
  pid(): Promise<number | undefined>;
  /** Ends the job as a time limit does. */
  cancel(): Promise<void>;
}

export async function openQueue(): Promise<Queue> {
  const folder = await mkdtemp(path.join(tmpdir(), 'farsim-queue-'));
  const at = (name: string): string => path.join(folder, name);
  await writeFile(at('queue-run'), runInJob, { mode: 0o755 });
  await writeFile(at('queue-enter'), runBesideJob, { mode: 0o755 });
  return {
    launch: [at('queue-run'), '--gres=gpu:1'],
    enter: [at('queue-enter'), '--jobid={job}'],
    allocate: () => writeFile(at('allocated'), ''),
    refuse: () => writeFile(at('refused'), ''),
    isAsked: () => existsSync(at('waiting')),
    pid: async () => {
      if (!existsSync(at('waiting'))) return undefined;
      const pid = Number(await readFile(at('waiting'), 'utf8'));
      return existsSync(`/proc/${pid}`) ? pid : undefined;
    },
    cancel: async () => {
      const [holder] = (await readFile(at('job-4711'), 'utf8')).split(' ');
      process.kill(Number(holder), 'SIGKILL');
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
