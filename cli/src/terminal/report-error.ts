import { isFarsimError, toFarsimError, type FarsimError } from '@farsim/core';

/** What oclif throws for `exit()` and for a command line that it does not understand. */
interface OclifError {
  readonly message: string;
  readonly oclif?: { readonly exit?: number };
}

const shownLogLines = 20;

/** Writes an error for a reader (stderr) or a program (`{"error": …}` on stdout) and returns the exit status. */
export function reportError(error: unknown, json: boolean): number {
  const exit = (error as OclifError).oclif?.exit;
  if (exit === 0) return 0;
  if (!isFarsimError(error) && exit !== undefined) {
    return report(
      {
        code: 'USAGE',
        message: (error as OclifError).message,
        suggestions: ['`farsim COMMAND --help` shows what it takes'],
        exit: 2,
      },
      json,
    );
  }
  const known = toFarsimError(error);
  return report({ ...plain(known), exit: known.exitCode }, json, known);
}

interface Report {
  readonly code: string;
  readonly message: string;
  readonly suggestions: readonly string[];
  readonly exit: number;
}

function report(said: Report, json: boolean, error?: FarsimError): number {
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ error: { ...said, ...(error && { details: error.details }) } })}\n`,
    );
    return said.exit;
  }
  const lines = [`${said.code}: ${said.message}`, ...said.suggestions.map((suggestion) => `  ${suggestion}`)];
  const { traceback, log, folder } = error?.details ?? {};
  if (traceback) lines.push('far traceback:', ...indent(traceback.trimEnd().split('\n')));
  if (log && log.length > 0) lines.push('the simulator’s last lines:', ...indent(log.slice(-shownLogLines)));
  if (typeof folder === 'string') lines.push(`what was recorded is in ${folder}`);
  if (said.code === 'INTERNAL' && error?.cause instanceof Error)
    lines.push(...indent((error.cause.stack ?? '').split('\n').slice(1)));
  process.stderr.write(`${lines.join('\n')}\nexit status ${said.exit}\n`);
  return said.exit;
}

function plain({ code, message, suggestions }: FarsimError): Omit<Report, 'exit'> {
  return { code, message, suggestions };
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
