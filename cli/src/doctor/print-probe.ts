import type { DoctorReport, ProbeResult, WorldSpec } from '@farsim/core';
import { formatSeconds } from '../terminal/format.ts';

const marks = { passed: 'ok  ', failed: 'BAD ', 'not applicable': '--  ' } as const;
const nameWidth = 14;
const figureWidth = 24;

/** The line above a simulator's probes. */
export function printProbed(name: string, { sim, task, versions, num_envs: envs }: WorldSpec): string {
  const told = Object.entries(versions).map(([what, version]) => `${what} ${version}`);
  return `${name}: ${sim} '${task}', ${envs} env${envs === 1 ? '' : 's'}${told.length > 0 ? ` (${told.join(', ')})` : ''}`;
}

/** One probe: what was measured, what is allowed, where; and the way out of a failure. */
export function printProbe({ probe, outcome, said, seconds, wayOut, ...measured }: ProbeResult): string {
  const columns = [
    marks[outcome],
    probe.padEnd(nameWidth),
    figureOf(measured).padEnd(figureWidth),
    (outcome === 'not applicable' ? '' : formatSeconds(seconds)).padStart(9),
    ` ${said}`,
  ];
  return [columns.join(' ').trimEnd(), ...(wayOut === undefined ? [] : [`     ${wayOut}`])].join('\n');
}

/** What came of it all, and where it is written. */
export function printDoctor({ ok, simulators }: DoctorReport, file: string): string {
  const results = Object.values(simulators).flatMap((section) => section.results);
  const count = (outcome: ProbeResult['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length;
  const failed = Object.entries(simulators).flatMap(([name, { results: own }]) =>
    own.filter(({ outcome }) => outcome === 'failed').map(({ probe }) => `${name} ${probe}`),
  );
  const verdict = ok ? 'nothing is wrong' : `wrong: ${failed.join(', ')}`;
  return `${count('passed')} passed, ${count('failed')} failed, ${count('not applicable')} not applicable: ${verdict}\nwritten to ${file}`;
}

function figureOf({ figure, allowed, unit }: Pick<ProbeResult, 'figure' | 'allowed' | 'unit'>): string {
  if (allowed === undefined) return '';
  const value =
    figure === undefined
      ? '∞'
      : figure === 0
        ? '0'
        : figure < 1e-3
          ? figure.toExponential(1)
          : figure.toPrecision(2);
  const most = allowed > 0 && allowed < 1e-4 ? allowed.toExponential() : String(allowed);
  return `${value} of ${most}${unit ? ` ${unit}` : ''}`;
}
