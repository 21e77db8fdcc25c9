import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { checkConfig } from '../../yaml/check-config.ts';
import type { MapNode } from '../../yaml/config-node.ts';
import { hostSchema, type HostEntry } from './config-schema.ts';
import { interpolateConfig } from './interpolate-config.ts';
import { readConfigText } from '../../yaml/read-config.ts';

/** The user's own list of machines, for every config. */
export function userHostsFile(): string {
  const config = process.env.XDG_CONFIG_HOME ?? path.join(os.homedir(), '.config');
  return path.join(config, 'farsim', 'hosts.yaml');
}

/** Machines by name: the user's file, and over it, key by key, the config's own `hosts:`. Throws CONFIG_INVALID or UNKNOWN_KEY. */
export function readHosts(
  inConfig: Readonly<Record<string, HostEntry>>,
): Readonly<Record<string, HostEntry>> {
  const file = userHostsFile();
  if (!existsSync(file)) return inConfig;
  const node = interpolateConfig(readConfigText(readFileSync(file, 'utf8'), file), path.dirname(file));
  const hosts = (node as MapNode).entries?.get('hosts')?.node ?? node;
  const known = checkConfig(z.record(z.string(), hostSchema), hosts, { at: ['hosts'] });
  const both = Object.entries(inConfig).map(([name, entry]) => [name, { ...known[name], ...entry }] as const);
  return { ...known, ...Object.fromEntries(both) };
}
