import {
  findFarPython,
  openHost,
  pythonFolder,
  FarsimError,
  PluginFinder,
  type SectionPlan,
} from '@farsim/core';
import path from 'node:path';
import type { HeldRule } from './conform-report.ts';

/** The keys of `use: python` that tell where its adapter runs. */
interface PythonSection {
  readonly adapter?: string;
  readonly on: string;
  readonly python?: string;
  readonly requirements: readonly string[];
  readonly files: readonly string[];
  readonly cwd?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly config: object;
}

/** What came of it: rules, or why there are none. */
export type HeldAdapter = { readonly rules: readonly HeldRule[] } | { readonly why: string };

/**
 * Holds the adapter of a `use: python` section to Python's own suite, without a bridge, where its interpreter is one of this machine that has numpy. Undefined for
 * any other section. Throws PYTHON_NOT_FOUND, START_FAILED.
 */
export async function holdAdapter(
  { plugin, config }: SectionPlan,
  folder: string,
  signal: AbortSignal,
): Promise<HeldAdapter | undefined> {
  const section = config as PythonSection;
  if (plugin.name !== 'python' || section.adapter === undefined) return undefined;
  const { adapter, on, python, requirements, files, env, cwd } = section;
  if (on !== 'local') return { why: `its interpreter is on ${on}` };
  if (python === 'managed' || requirements.length > 0)
    return { why: 'its environment is one that farsim makes' };
  const silent = (): void => undefined;
  await using here = await openHost('local', new PluginFinder(), { signal, progress: silent, log: silent });
  const host = here.transport.host!;
  const { command } = await findFarPython(host, python ?? here.entry.python, signal);
  const [file, className] = adapter.split(/:(?=[^:]*$)/) as [string, string];
  const entry = `${path.basename(file, '.py')}:${className}`;
  // found as in the simulator's process: what is uploaded with the adapter first, then what the user names
  const folders = new Set([file, ...files].map((name) => path.dirname(path.resolve(folder, name))));
  const named = env.PYTHONPATH ?? process.env.PYTHONPATH;
  const found = [pythonFolder, ...folders, ...(named ? [named] : [])];
  const started = await host.run(
    [...command, '-m', 'farsim.hold_adapter', entry, JSON.stringify(section.config)],
    {
      signal,
      env: { ...env, PYTHONPATH: found.join(path.delimiter) },
      ...(cwd !== undefined && { cwd }),
    },
  );
  const { stdout, stderr, exitCode } = await started.finished;
  const lines = Buffer.from(stdout)
    .toString('utf8')
    .split('\n')
    .filter((line) => /^\{"(fact|missing|held)": /.test(line))
    .map((line) => JSON.parse(line) as HeldLine);
  const missing = lines.find((line) => 'missing' in line);
  if (missing) return { why: `${command.join(' ')} has no ${missing.missing}` };
  if (!lines.some((line) => 'held' in line)) {
    const said = Buffer.from(stderr).toString('utf8').trim().split('\n').at(-1);
    const end = `its process ended before the last rule, with exit status ${exitCode}`;
    throw new FarsimError(
      'START_FAILED',
      `${entry} could not be held to its contract: ${end}${said ? `: ${said}` : ''}`,
    );
  }
  const told = lines.filter((line) => 'fact' in line);
  return {
    rules: told.map(({ broken, ...rule }) => ({ ...rule, ...(broken !== null && { broken }) })),
  };
}

type HeldLine =
  | { readonly missing: string }
  | { readonly held: number }
  | (Omit<HeldRule, 'broken'> & { readonly broken: string | null });
