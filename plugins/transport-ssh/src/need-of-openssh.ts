import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import type { SshConfigValues } from './read-ssh-config.ts';

const ticketMs = 2_000;

/** What a config asks for and only the OpenSSH client can do, as the user would call it; undefined when ssh2 will do. */
export async function findNeedOfOpenssh(
  config: SshConfigValues,
  identityFiles: readonly string[],
): Promise<string | undefined> {
  const value = (key: string): string | undefined => {
    const [first] = config.get(key) ?? [];
    return first === undefined || ['no', 'none', 'false'].includes(first) ? undefined : first;
  };
  const command = value('proxycommand');
  if (command !== undefined) return `ProxyCommand ${command}`;
  if (value('controlmaster') !== undefined) return 'ControlMaster';
  if (value('certificatefile') !== undefined) return 'CertificateFile';
  const certified = identityFiles.find((file) => existsSync(`${file}-cert.pub`));
  if (certified !== undefined) return `the certificate ${certified}-cert.pub`;
  if (value('pkcs11provider') !== undefined) return 'PKCS11Provider';
  const preferred = value('preferredauthentications');
  if (preferred !== undefined && !preferred.startsWith('publickey'))
    return `PreferredAuthentications ${preferred}`;
  // distributions switch it on for everybody, so that only who holds a ticket can mean it
  if (value('gssapiauthentication') !== undefined && (await holdsTicket()))
    return 'GSSAPIAuthentication, and a Kerberos ticket is there';
  return undefined;
}

async function holdsTicket(): Promise<boolean> {
  return promisify(execFile)('klist', ['-s'], { timeout: ticketMs }).then(
    () => true,
    () => false,
  );
}
