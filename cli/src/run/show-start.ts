import {
  PluginFinder,
  loadConfig,
  planPipeline,
  previewPipeline,
  type FarStep,
  type StartPreview,
} from '@farsim/core';

const shownDigits = 16;

/** What every far simulator of the config would run and upload on its host; nothing is reached or started. */
export async function showStarts(
  configs: readonly string[],
  overrides: readonly string[],
): Promise<StartPreview[]> {
  return previewPipeline(await planPipeline(loadConfig(configs, overrides), new PluginFinder()));
}

/** The same for a reader. */
export function printStarts(starts: readonly StartPreview[]): string {
  return starts
    .flatMap(({ simulator, host, steps, unknown }) => [
      `${simulator} on ${host}:`,
      ...steps.map((step) => `  ${printStep(step)}`),
      ...(unknown ? [`  what follows is not known before a start: ${unknown.message}`] : []),
    ])
    .join('\n');
}

function printStep(step: FarStep): string {
  if (step.does === 'upload') return `upload  ${step.path}  ${printDigest(step)}`;
  if (step.does === 'run')
    return `run     ${printWords(step.command)}${step.input ? `  (standard input: ${printDigest(step.input)})` : ''}`;
  return `dial    ${typeof step.address === 'string' ? step.address : printWords(step.address.exec)}`;
}

function printDigest({ bytes, sha256 }: { readonly bytes: number; readonly sha256: string }): string {
  return `${bytes} bytes, sha256 ${sha256.slice(0, shownDigits)}…`;
}

/** As a shell would take them, on one line. */
function printWords(words: readonly string[]): string {
  return words
    .map((word) => {
      if (/^[\w/.,:@%+=~<>-]+$/.test(word)) return word;
      const quoted = word.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n');
      return /[\n\\']/.test(word) ? `$'${quoted}'` : `'${word}'`;
    })
    .join(' ');
}
