import {
  PluginFinder,
  doctorPipeline,
  errorCodes,
  loadConfig,
  planPipeline,
  type DoctorReport,
} from '@farsim/core';
import path from 'node:path';
import { takeInterruption } from '../terminal/interruption.ts';
import { printDoctor, printProbe, printProbed } from './print-probe.ts';
import { createProgressLine } from '../terminal/progress-line.ts';
import { writeNamedFile } from '../terminal/write-named-file.ts';

export interface DoctorRequest {
  readonly configs: readonly string[];
  readonly overrides: readonly string[];
  /** The only simulator to be probed. */
  readonly simulator: string | undefined;
  /** Where the report is written. */
  readonly output: string;
  /** Of farsim. */
  readonly version: string;
  readonly quiet: boolean;
  readonly say: (line: string) => void;
}

/** What `doctor.json` holds: the report and what made it. */
export interface DoctorFile extends DoctorReport {
  readonly versions: Readonly<Record<'farsim' | 'node', string>>;
}

/** Starts a config's simulators, probes them and writes `doctor.json`, with a line for each probe as it ends. */
export async function doctorConfig(request: DoctorRequest): Promise<DoctorFile> {
  const { configs, overrides, simulator, quiet, say } = request;
  using interruption = takeInterruption('stopping after this probe', 'ending the far simulators by force');
  using line = createProgressLine(quiet);
  const finder = new PluginFinder();
  const plan = await planPipeline(loadConfig(configs, overrides), finder);
  const several = simulator === undefined && plan.simulators.length > 1;
  const found = await doctorPipeline(plan, finder, {
    simulator,
    signal: interruption.signal,
    hurry: interruption.hurry,
    progress: (text) => line.phase(text),
    log: (text) => line.note(text),
    onSimulator: (name, spec) => {
      line[Symbol.dispose]();
      if (!quiet) say(printProbed(name, spec));
    },
    onProbe: (name, probe) => line.bar(`${name}: ${probe}`, 0, 1),
    onResult: (name, result) => {
      line[Symbol.dispose]();
      if (!quiet) say(printProbe(result) + (several && result.probe === 'close' ? ` (${name})` : ''));
    },
  });
  const report = { ...found, versions: { farsim: request.version, node: process.versions.node } };
  const output = path.resolve(request.output);
  await writeNamedFile(output, `${JSON.stringify(report, undefined, 2)}\n`);
  if (!quiet) say(printDoctor(report, output));
  if (!report.ok) process.exitCode = errorCodes.VERIFICATION_FAILED.exit;
  return report;
}
