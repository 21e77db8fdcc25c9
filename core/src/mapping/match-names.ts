/**
 * For each wanted name the index of the known one that is the same name written in another way, else −1. In this order:
 * exactly; with the prefix or suffix that all names of a side share taken away; without regard to case and separators
 * (`panda_leftfinger` is `left_finger`). Each known name is given away once, and never when two would fit.
 * What `matches` holds already stays.
 */
export function matchNames(
  wanted: readonly string[],
  known: readonly string[],
  matches: Int32Array = new Int32Array(wanted.length).fill(-1),
): Int32Array {
  const [bareWanted, bareKnown] = [withoutShared(wanted), withoutShared(known)];
  const writings = [
    [wanted, known],
    [bareWanted, known],
    [wanted, bareKnown],
    [bareWanted, bareKnown],
  ] as const;
  for (const write of [(name: string): string => name, folded]) {
    for (const [left, right] of writings) {
      giveAway(
        left.map((name) => write(name)),
        right.map((name) => write(name)),
        matches,
      );
    }
  }
  return matches;
}

/** Lower case, letters and digits only. */
export function folded(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

function giveAway(wanted: readonly string[], known: readonly string[], matches: Int32Array): void {
  const taken = new Set(matches);
  wanted.forEach((name, i) => {
    if (matches[i] !== -1 || name === '') return;
    const twice = wanted.some((other, k) => k !== i && matches[k] === -1 && other === name);
    const fitting = known.flatMap((other, k) => (other === name && !taken.has(k) ? [k] : []));
    if (!twice && fitting.length === 1) {
      matches[i] = fitting[0]!;
      taken.add(fitting[0]!);
    }
  });
}

/** The names without the beginning and end that all of them share, cut where words end. */
function withoutShared(names: readonly string[]): readonly string[] {
  if (names.length < 2) return names;
  const prefix = sharedBeginning(names).replace(/[^_\-./: ]*$/, '');
  const rest = names.map((name) => name.slice(prefix.length));
  const suffix = backwards(sharedBeginning(rest.map(backwards))).replace(/^[^_\-./: ]*/, '');
  return rest.map((name) => name.slice(0, name.length - suffix.length));
}

function sharedBeginning(names: readonly string[]): string {
  return names.reduce((shared, name) => {
    let length = 0;
    while (length < shared.length && shared[length] === name[length]) length++;
    return shared.slice(0, length);
  });
}

function backwards(name: string): string {
  return [...name].toReversed().join('');
}
