import type { Command } from '@oclif/core';
import type { LoadedPlugins } from '@farsim/core';

/** Says on standard error which plugins a schema lacks, and why. */
export function warnOfBroken(command: Command, broken: LoadedPlugins['broken']): void {
  for (const { plugin, error } of broken) {
    command.logToStderr(`without ${plugin.kind} ${plugin.name} of ${plugin.from}: ${error.message}`);
  }
}
