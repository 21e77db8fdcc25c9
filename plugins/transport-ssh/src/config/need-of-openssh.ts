import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { onlyAuthority, readKnownHosts } from './known-hosts.ts';
import type { SshConfigValues } from './read-ssh-config.ts';

const ticketMs = 2_000;

/** The files that a config names, as paths, and the machine's name in known_hosts. */
export interface NamedFiles {
  readonly identityFiles: readonly string[];
  readonly knownHostsFiles: readonly string[];
  readonly knownName: string;
}

/** What a config asks for and only the OpenSSH client can do, as the user would call it; undefined when ssh2 will do. */
export async function findNeedOfOpenssh(
  config: SshConfigValues,
  { identityFiles, knownHostsFiles, knownName }: NamedFiles,
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
  const authority = onlyAuthority(await readKnownHosts(knownHostsFiles), knownName);
  if (authority !== undefined) return `the certificate authority in ${authority.where}`;
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
