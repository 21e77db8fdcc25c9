/** Where colours begin to be pressed together towards white instead of being cut off. */
const shoulder = 0.8;

/** A colour as it is shown: below 1. */
export function shown(value: number): number {
  return value <= shoulder ? value : 1 - (1 - shoulder) * Math.exp((shoulder - value) / (1 - shoulder));
}
