const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '"': '&quot;' };

/** ` name="value"`, numbers in full, text escaped. */
export function attribute(name: string, value: string | number | ArrayLike<number>): string {
  if (typeof value === 'string') return ` ${name}="${value.replace(/[&<"]/g, (sign) => escapes[sign]!)}"`;
  return ` ${name}="${typeof value === 'number' ? value : Array.from(value).join(' ')}"`;
}
