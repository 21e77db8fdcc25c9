import type { AnyPlugin } from '@farsim/core';

/** Opens one plugin by itself, without a config file around it; `needs` are the ports that it is given. */
export async function openPart<Port>(plugin: object, config: object, needs: object = {}): Promise<Port> {
  const { config: schema, open } = plugin as AnyPlugin;
  const context = {
    name: 'bench',
    folder: process.cwd(),
    signal: new AbortController().signal,
    progress: () => undefined,
    log: () => undefined,
    section: () => Promise.reject(new Error('a bench has no other sections')),
    recording: () => Promise.reject(new Error('a bench has no recordings')),
    ...needs,
  };
  return (await open(schema.parse(config), context)) as Port;
}
