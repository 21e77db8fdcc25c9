import path from 'node:path';
import type { CallTimesSummary, RunSummary } from '@farsim/core';
import type { VideoFile } from './list-videos.ts';
import { formatBytes, formatSeconds, formatTable } from '../terminal/format.ts';

const rowNames = { reset: 'reset', step: 'step', state: 'state', link: 'link alone' } as const;

/** What a run measured, for a reader: the table of times and the lines under it. */
export function printRun(summary: RunSummary, videos: readonly VideoFile[] = []): string {
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
    `${summary.stepsPerSecond.toFixed(0)} env steps/s while stepping${bytesPerStep === undefined ? '' : `, ${formatBytes(bytesPerStep)} a step`}${farShare === undefined ? '' : `, ${(100 * farShare).toFixed(0)} % of a step in the engine`}`,
    ...(returns.some((value) => value !== 0)
      ? [`return ${mean(returns).toPrecision(4)} (mean of ${returns.length})`]
      : []),
    ...interruptedLines(summary),
    ...replayLines(summary),
    ...videoLines(summary, videos),
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

function interruptedLines({ reason, interrupted, folder }: RunSummary): string[] {
  if (reason !== 'interrupted') return [];
  if (interrupted !== 'replaying') return ['interrupted: the recording is sealed up to the last step'];
  return [`interrupted while it was replayed: the recording is whole; \`farsim render ${folder}\` draws it`];
}

function replayLines({ replay }: RunSummary): string[] {
  if (!replay) return [];
  if (replay.compared === 0)
    return ['replayed here: NOTHING was compared: the recording holds no bodies’ poses'];
  const worst = replay.bodies[0];
  const apart = worst ? `, the farthest by ${worst.movingPosition.toPrecision(2)} m (${worst.body})` : '';
  return [
    `replayed here: ${replay.compared} states, ${replay.bodies.length} bodies compared${apart}; conventions: ${replay.conventions}`,
  ];
}

function videoLines({ folder, files }: RunSummary, videos: readonly VideoFile[]): string[] {
  if (videos.length === 0) return [];
  const seconds = videos.reduce((sum, video) => sum + video.seconds, 0);
  const sheet = files.find((file) => file.endsWith('contact-sheet.png'));
  return [
    `${seconds.toFixed(2)} seconds of video in ${videos.length} files`,
    ...videos.map(({ file }) => `video ${file}`),
    ...(sheet === undefined ? [] : [`pictures ${path.join(folder, sheet)}`]),
  ];
}
