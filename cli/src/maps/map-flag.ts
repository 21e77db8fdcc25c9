import { FarsimError, findMap, type NamedMap } from '@farsim/core';
import { Flags } from '@oclif/core';

/** `--map`, for commands that hold two sides beside each other. */
export const mapFlag = Flags.string({
  helpValue: 'MAP',
  summary: '`auto`, `builtin:franka` (go2, g1) or a map file.',
  default: 'auto',
});

/** The map that `--map` names. Throws USAGE for `none`, and what reading a map throws. */
export function requireMap(named: string): NamedMap {
  const map = findMap(named, process.cwd());
  if (!map) throw new FarsimError('USAGE', '`--map none` leaves nothing to be compared');
  return map;
}
