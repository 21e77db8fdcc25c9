import ssh2, { type ParsedKey } from 'ssh2';

/** The first key of a file's text, or why there is none. */
export function parseKey(text: string, passphrase?: string): ParsedKey | Error {
  const parsed = ssh2.utils.parseKey(text, passphrase);
  return Array.isArray(parsed) ? parsed[0]! : parsed;
}

/** The public half, which OpenSSH's own format keeps in the clear beside the encrypted private one (PROTOCOL.key). */
export function publicHalf(text: string): ParsedKey | undefined {
  const [, body] = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text) ?? [];
  if (body === undefined) return undefined;
  const bytes = Buffer.from(body, 'base64');
  const magic = 'openssh-key-v1\0';
  if (!bytes.subarray(0, magic.length).equals(Buffer.from(magic, 'latin1'))) return undefined;
  try {
    let at = magic.length;
    const next = (): Buffer => {
      const start = at + 4;
      at = start + bytes.readUInt32BE(at);
      return bytes.subarray(start, at);
    };
    for (const _ of ['cipher', 'kdf', 'kdf options']) next();
    at += 4;
    const key = next();
    const parsed = parseKey(
      `${key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1')} ${key.toString('base64')}`,
    );
    return parsed instanceof Error ? undefined : parsed;
  } catch {
    return undefined;
  }
}
