/** The first line of `output` that is one of the bridge's, a login shell's chatter before it skipped. */
export function jsonLine(output: string): Record<string, unknown> | undefined {
  for (const line of output.split('\n')) {
    const start = line.indexOf('{"farsim"');
    if (start < 0) continue;
    try {
      return JSON.parse(line.slice(start)) as Record<string, unknown>;
    } catch {
      continue;
    }
  }
  return undefined;
}
