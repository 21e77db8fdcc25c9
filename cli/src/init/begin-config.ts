/** What a fresh config says. */
export interface FreshConfig {
  /** File of the schema, from the config's folder. */
  readonly schema: string;
  readonly use: string;
  readonly task?: string | undefined;
  /** From the config's folder. */
  readonly model?: string | undefined;
  readonly on: string;
  readonly python?: string | undefined;
  /** Replays and draws what is recorded. */
  readonly drawn: boolean;
}

/** A config to start from, as YAML. */
export function beginConfig({ schema, use, task, model, on, python, drawn }: FreshConfig): string {
  const keys = Object.entries({ use, task, model, on, python }).filter(([, value]) => value !== undefined);
  const plant = keys.map(([key, value]) => `${key}: ${word(value!)}`).join(', ');
  const view = '  view: { use: mujoco, model: from plant } # here: replays and draws\n';
  return `# yaml-language-server: $schema=${schema}
version: 1
simulators:
  plant: { ${plant} } # far: \`on\` is a host, an ssh destination, or local
${drawn ? view : ''}run:
  simulator: plant
  controller: { use: random, seed: 1 } # or zero, sine, keyframes, recorded
  episodes: 3
  steps: 100
  seed: 1
${drawn ? '  replay: view\n  video: { episodes: [0] } # or more of them, [0, 10, 20], or all\n' : ''}`;
}

function word(value: string): string {
  return /^[A-Za-z][\w.-]*$/.test(value) ? value : JSON.stringify(value);
}
