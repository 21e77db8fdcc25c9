/**
 * How far something was tried: with the engine's own physics in CI, or in CI where there is no physics to it; against a double
 * that was written from the engine's sources and enforces what they say; or not at all.
 */
export type SupportLevel = 'physics in CI' | 'in CI' | 'contract fake' | 'untested';

/** One thing that a plugin may meet, such as a version of its engine, and how far it was tried. */
export interface SupportRow {
  /** What was tried; `''`: all that the plugin is for. */
  readonly of: string;
  readonly level: SupportLevel;
  /** How: the command, or what the double was written from. */
  readonly by?: string;
}

/** A manifest's `support` as rows; a plugin that says nothing is untested. */
export function supportRows(
  support: SupportLevel | readonly SupportRow[] = 'untested',
): readonly SupportRow[] {
  return typeof support === 'string' ? [{ of: '', level: support }] : support;
}
