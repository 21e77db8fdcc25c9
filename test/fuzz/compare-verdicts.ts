import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';

const batch = 20_000;
const python = path.join(import.meta.dirname, '../../python');

/** What one kind of cases is to both languages. */
export interface Contest<Case> {
  make(): Case;
  /** This language's verdict, as JSON. */
  near(given: Case): string;
  /** The words of the program that gives the other's, a line a case, and the bytes in which it reads a case. */
  readonly program: readonly [file: string, ...words: string[]];
  bytes(given: Case): readonly Uint8Array[];
  isAccepted(verdict: string): boolean;
  show(given: Case): unknown;
}

export interface Verdicts {
  readonly accepted: number;
  /** The longest that one case took here each time, milliseconds. */
  readonly longestMs: number;
}

/** Asserts that both languages come to the same verdict on so many cases. */
export async function compareVerdicts<Case>(contest: Contest<Case>, count: number): Promise<Verdicts> {
  let accepted = 0;
  let longestMs = 0;
  for (let done = 0; done < count; done += batch) {
    const cases = Array.from({ length: Math.min(batch, count - done) }, () => contest.make());
    const far = await farVerdicts(contest, cases);
    assert.equal(far.length, cases.length);
    for (const [i, given] of cases.entries()) {
      const began = performance.now();
      const near = contest.near(given);
      const ended = performance.now();
      if (ended - began > longestMs) {
        // once more: a busy machine takes its time once, a slow case always
        contest.near(given);
        longestMs = Math.max(longestMs, Math.min(ended - began, performance.now() - ended));
      }
      if (near !== far[i]) {
        const shown = contest.show(given);
        assert.deepEqual({ case: shown, verdict: near }, { case: shown, verdict: far[i] });
      }
      if (contest.isAccepted(near)) accepted++;
    }
  }
  return { accepted, longestMs };
}

/** A number as the Python programs read it. */
export function u32(number: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes;
}

async function farVerdicts<Case>(
  { program, bytes }: Contest<Case>,
  cases: readonly Case[],
): Promise<string[]> {
  const [file, ...words] = program;
  const child = spawn('python3', [path.join(import.meta.dirname, file), ...words], {
    env: { ...process.env, PYTHONPATH: python, PYTHONIOENCODING: 'utf-8' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(Buffer.concat(cases.flatMap(bytes)));
  const said = (await text(child.stdout)).trimEnd().split('\n');
  return said.map((line) => JSON.stringify(JSON.parse(line)));
}
