import { tensorBytes } from '../model/tensor.ts';
import { flattenTree } from '../model/tree.ts';
import type { Recording } from '../ports/recorder.ts';
import type { FileTree } from '../ports/simulator.ts';

interface ActionRow {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
}

/**
 * A recording's actions for the far side, a file for each round in their order, `000000.actions`: a line of JSON, `{"envs": N, "rows": [[{name, dtype, shape}]]}`, and then the bytes of each row's arrays, one after
 * another, little-endian.
 */
export async function actionFiles(recording: Recording): Promise<FileTree> {
  const files = new Map<string, Uint8Array>();
  for (const [place, { round, spec }] of recording.rounds.entries()) {
    const rows: ActionRow[][] = [];
    const bytes: Uint8Array[] = [];
    for await (const { action } of recording.rows(round)) {
      if (action === undefined) continue;
      const leaves = flattenTree('action', action);
      rows.push(leaves.map(([name, { dtype, shape }]) => ({ name, dtype, shape })));
      bytes.push(...leaves.map(([, leaf]) => tensorBytes(leaf)));
    }
    const head = Buffer.from(`${JSON.stringify({ envs: spec.num_envs, rows })}\n`);
    files.set(`${String(place).padStart(6, '0')}.actions`, Buffer.concat([head, ...bytes]));
  }
  return files;
}
