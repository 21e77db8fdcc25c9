import type { CallTimesSummary, RunSummary } from '@farsim/core';
import { formatBytes, formatSeconds, formatTable } from './format.ts';

const rowNames = { reset: 'reset', step: 'step', state: 'state', link: 'link alone' } as const;

/** What a run measured, for a reader: the table of times and the lines under it. */
export function printRun(summary: RunSummary): string {
  const { times, episodes, steps, frames, farShare, bytesPerStep } = summary;
  const rows = Object.entries(rowNames).flatMap(([key, name]) => {
    const time = times[key as keyof typeof times];
    return time ? [timeRow(name, time)] : [];
  });
  const returns = episodes.map((episode) => episode.return);
  const lines = [
    formatTable([['', 'p50', 'p99', 'max', 'calls'], ...rows]),
    '',
    `${episodes.length} episodes, ${steps} steps, ${frames} frames, ${summary.simulatedSeconds.toFixed(2)} simulated seconds in ${formatSeconds(summary.wallSeconds)}`,
    `${summary.stepsPerSecond.toFixed(0)} steps/s${bytesPerStep === undefined ? '' : `, ${formatBytes(bytesPerStep)} a step`}${farShare === undefined ? '' : `, ${(100 * farShare).toFixed(0)} % of a step in the engine`}`,
    ...(returns.some((value) => value !== 0)
      ? [`return ${mean(returns).toPrecision(4)} (mean of ${returns.length})`]
      : []),
    ...(summary.reason === 'interrupted' ? ['interrupted: the recording is sealed up to the last step'] : []),
    `folder ${summary.folder}`,
  ];
  return `${lines.join('\n')}\n`;
}

function timeRow(name: string, { p50, p99, max, count }: CallTimesSummary): string[] {
  return [name, formatSeconds(p50), formatSeconds(p99), formatSeconds(max), String(count)];
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
