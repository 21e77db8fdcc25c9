import type { FinishedProcess } from '../../ports/transport.ts';
import { jsonLine } from '../../session/json-line.ts';

/** What a launch has said so far. */
export interface Told {
  readonly line: Record<string, unknown> | undefined;
  /** Exit status of the command, `killed`, or `gone` where nothing of it is left. */
  readonly over: string | undefined;
  readonly out: string;
  readonly err: string;
}

/** Reads what the scripts print of a launch. */
export function readTold({ stdout, stderr }: FinishedProcess): Told {
  const out = Buffer.from(stdout).toString('utf8');
  const over = /^farsim (?:ended (\w+)|(gone))$/m.exec(out);
  return {
    line: jsonLine(out),
    over: over?.[1] ?? over?.[2],
    out: out.replace(/^farsim (?:waits|ended|gone).*$/gm, '').trim(),
    err: Buffer.from(stderr).toString('utf8').trim(),
  };
}

/** What ended the command: the bridge's own reason, else how it ended; undefined while it runs or when nothing is known. */
export function reasonOf(told: Told, words: string): string | undefined {
  if (told.over === undefined || told.over === 'gone') return undefined;
  const reasons = told.out.split('\n').map((line) => jsonLine(line)?.reason);
  return (reasons.findLast((reason) => typeof reason === 'string') as string) ?? describeEnd(told, words);
}

/** How the command `words` ended, and what it said last. */
export function describeEnd({ over, out, err }: Told, words: string): string {
  const said = lastLines(err) || lastLines(out) || 'it printed nothing';
  return `\`${words}\` ${over === 'killed' ? 'was killed' : `ended with exit status ${over}`}: ${said}`;
}

function lastLines(said: string): string {
  return said.split('\n').slice(-8).join('\n');
}
