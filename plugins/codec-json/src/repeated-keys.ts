import { FarsimError } from '@farsim/core';

const token = /"(?:[^"\\]|\\.)*"|[{}[\]:]/g;

/** Throws DECODE_FAILED when an object in `text`, which must be valid JSON, holds a key twice: `JSON.parse` would keep the last in silence. */
export function refuseRepeatedKeys(text: string): void {
  const open: (Set<string> | undefined)[] = [];
  let lastString = '';
  for (const [part] of text.matchAll(token)) {
    if (part === '{') open.push(new Set());
    else if (part === '[') open.push(undefined);
    else if (part === '}' || part === ']') open.pop();
    else if (part === ':') {
      const keys = open.at(-1)!;
      const key = JSON.parse(lastString) as string;
      if (keys.has(key)) throw new FarsimError('DECODE_FAILED', `key '${key}' stands twice`);
      keys.add(key);
    } else lastString = part;
  }
}
