import { FarsimError } from '@farsim/core';

const units = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of a span as people write it: `90`, `90s`, `30m`, `4h`, `1h30m`. Throws USAGE. */
export function parseSpan(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([smhd])/g)];
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
  if (text === '' || parts.map(([part]) => part).join('') !== text)
    throw new FarsimError('USAGE', `'${text}' is no span of time`, {
      suggestions: ['write it as 90s, 30m, 4h or 1h30m'],
    });
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * units[unit as keyof typeof units], 0);
}
