import type { FarMachine } from '@farsim/core';
import type { Finding } from './examine.ts';

/** A managed environment of a simulator takes some gigabytes. */
const littleRoom = 5e9;

/** The cards, and who holds them. */
export function gpuFinding(what: string, { gpus }: FarMachine): Finding {
  const said = gpus.map(({ index, name: card, memoryUsed, memoryTotal, pids }) => {
    const holders = pids.length === 0 ? '' : `, held by ${pids.join(' ')}`;
    return `${index}: ${card}, ${memoryUsed} of ${memoryTotal} MiB used${holders}`;
  });
  return { what, state: 'good', said: said.join('; ') || 'none that nvidia-smi shows' };
}

/** Room for farsim's folder. */
export function diskFinding(what: string, { disk }: FarMachine): Finding {
  if (disk.fault !== null)
    return { what, state: 'bad', code: 'DISK_FULL', said: disk.fault, hints: [`make ${disk.path} writable`] };
  const said = `${(disk.free / 1e9).toFixed(1)} of ${(disk.total / 1e9).toFixed(1)} GB free at ${disk.path}`;
  if (disk.free > littleRoom) return { what, state: 'good', said };
  return { what, state: 'note', said, hints: ['a managed environment of a simulator may need more'] };
}

/** What runs of farsim there, and what was left over. */
export function sessionFindings(name: string, { sessions, leftOver }: FarMachine): Finding[] {
  const running = sessions?.filter(({ alive }) => alive) ?? [];
  const kept = running.filter(({ warm }) => warm).length;
  const said = `${running.length} of yours${kept === 0 ? '' : `, ${kept} kept for the next run`}`;
  const left = leftOver?.map(({ session, reason }) => `${session} (${reason})`) ?? [];
  return [
    { what: `${name} sessions`, state: 'good', said },
    ...(left.length === 0
      ? []
      : [
          {
            what: `${name} left over`,
            state: 'note' as const,
            said: left.join(', '),
            hints: [`\`farsim host reap ${name}\` ends it`],
          },
        ]),
  ];
}

/** What would let a simulator be lost or outlive its session. */
export function guardFindings(name: string, { lingers, subreaper, socketFolder }: FarMachine): Finding[] {
  const found: Finding[] = [];
  if (!lingers)
    found.push({
      what: `${name} logout`,
      state: 'note',
      said: 'logind ends your processes at logout (KillUserProcesses): a lost link ends the simulator, whatever its grace',
      hints: ['`loginctl enable-linger` there'],
    });
  if (!subreaper)
    found.push({
      what: `${name} guard`,
      state: 'note',
      said: 'no subreapers here: a simulator’s grandchildren may outlive it',
    });
  if (socketFolder === null)
    found.push({
      what: `${name} sockets`,
      state: 'bad',
      code: 'START_FAILED',
      said: 'the folder of the sockets in /tmp cannot be made, or is somebody else’s',
    });
  return found;
}
