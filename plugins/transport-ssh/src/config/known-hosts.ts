import { createHash, createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';

/** One line of a known_hosts file. */
export interface KnownHost {
  /** `file:line` */
  readonly where: string;
  readonly mark?: 'revoked' | 'cert-authority';
  /** The first field: patterns joined by commas, or one hashed name. */
  readonly names: string;
  /** Such as `ssh-ed25519`. */
  readonly type: string;
  readonly key: Buffer;
}

/** What known_hosts says about a key. */
export type KeyVerdict =
  | { readonly verdict: 'known' }
  | { readonly verdict: 'unknown'; readonly others: readonly KnownHost[] }
  | { readonly verdict: 'changed' | 'revoked'; readonly entry: KnownHost };

/** Reads every file that is there; lines that are none are skipped, as ssh does. */
export async function readKnownHosts(files: readonly string[]): Promise<KnownHost[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  return texts.flatMap((text, i) => parseKnownHosts(text, files[i]!));
}

export function parseKnownHosts(text: string, file: string): KnownHost[] {
  return text.split('\n').flatMap((line, i): KnownHost[] => {
    const fields = line.trim().split(/\s+/);
    const mark = /^@(revoked|cert-authority)$/.exec(fields[0]!)?.[1] as KnownHost['mark'];
    const [names, type, key] = mark ? fields.slice(1) : fields;
    if (!names || names.startsWith('#') || names.startsWith('@') || !type || !key) return [];
    return [
      { where: `${file}:${i + 1}`, ...(mark && { mark }), names, type, key: Buffer.from(key, 'base64') },
    ];
  });
}

/** The name under which ssh keeps a machine: `host`, or `[host]:port` where the port is not 22. */
export function knownHostName(host: string, port: number): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** True when the line's first field names the machine: patterns with `*`, `?` and `!`, or `|1|salt|hash`. */
export function namesHost(names: string, host: string): boolean {
  const [, salt, hash] = /^\|1\|([^|]+)\|(.+)$/.exec(names) ?? [];
  if (salt && hash)
    return createHmac('sha1', Buffer.from(salt, 'base64')).update(host).digest('base64') === hash;
  let named = false;
  for (const pattern of names.toLowerCase().split(',')) {
    const negated = pattern.startsWith('!');
    if (!matches(negated ? pattern.slice(1) : pattern, host)) continue;
    if (negated) return false;
    named = true;
  }
  return named;
}

function matches(pattern: string, host: string): boolean {
  const source = pattern.replace(/[.*+?^${}()|[\]\\]/g, (sign) =>
    sign === '*' ? '.*' : sign === '?' ? '.' : `\\${sign}`,
  );
  return new RegExp(`^${source}$`).test(host);
}

/**
 * Judges a key that a machine showed. A revoked key is refused whatever else is known; a machine on another port may
 * also be known by its bare name, but only a key that agrees counts then.
 */
export function judgeHostKey(
  known: readonly KnownHost[],
  host: string,
  bareHost: string,
  key: Buffer,
): KeyVerdict {
  const named = known.filter((entry) => namesHost(entry.names, host));
  const byBareName = host === bareHost ? [] : known.filter((entry) => namesHost(entry.names, bareHost));
  const same = (entry: KnownHost): boolean => entry.key.equals(key);
  const revoked = [...named, ...byBareName].find((entry) => entry.mark === 'revoked' && same(entry));
  if (revoked) return { verdict: 'revoked', entry: revoked };
  const plain = named.filter((entry) => entry.mark === undefined);
  if (plain.some(same)) return { verdict: 'known' };
  const sameType = plain.find((entry) => entry.type === keyType(key));
  if (sameType) return { verdict: 'changed', entry: sameType };
  if (plain.length === 0 && byBareName.some((entry) => entry.mark === undefined && same(entry)))
    return { verdict: 'known' };
  return { verdict: 'unknown', others: named.filter((entry) => entry.mark !== 'revoked') };
}

/** The name with which a key's wire form begins, such as `ssh-ed25519`. */
export function keyType(key: Buffer): string {
  return key.length < 4 ? '' : key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');
}

/** As ssh prints it: `SHA256:…` */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The line of a certificate authority that alone vouches for the machine; undefined where its own key is known, or nothing is. */
export function onlyAuthority(known: readonly KnownHost[], host: string): KnownHost | undefined {
  const named = known.filter((entry) => entry.mark !== 'revoked' && namesHost(entry.names, host));
  return named.every(({ mark }) => mark === 'cert-authority') ? named[0] : undefined;
}
