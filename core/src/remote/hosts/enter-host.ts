import type { Host, RunOptions } from '../../ports/transport.ts';
import { putFilesByShell } from './put-files-by-shell.ts';

/** What `words` lead into on a host, a container say, as a host of its own: programs and uploads go through them. */
export function enterHost(host: Host, words: readonly string[]): Host {
  if (words.length === 0) return host;
  const run: Host['run'] = (argv, { cwd, env, ...options }: RunOptions = {}) =>
    host.run([...words, ...within(argv, cwd, env)], options);
  const { name } = host;
  return {
    name,
    local: false,
    run,
    upload: (files, directory, { signal } = {}) => putFilesByShell({ name, run }, files, directory, signal),
  };
}

function within(argv: readonly string[], cwd: RunOptions['cwd'], env: RunOptions['env']): readonly string[] {
  const assignments = Object.entries(env ?? {}).map(([name, value]) => `${name}=${value}`);
  const command = assignments.length === 0 ? argv : ['env', ...assignments, ...argv];
  return cwd === undefined ? command : ['sh', '-c', 'cd -- "$0" && exec "$@"', cwd, ...command];
}
