import { existsSync } from 'node:fs';
import path from 'node:path';
import { FarsimError } from '@farsim/core';
import {
  fingerprint,
  judgeHostKey,
  keyType,
  knownHostName,
  namesHost,
  readKnownHosts,
  type KnownHost,
} from '../config/known-hosts.ts';
import type { SshSettings } from '../config/ssh-settings.ts';

const rsaAlgorithms = ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'];
const allAlgorithms = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
];

/** Verifies one machine's host key against known_hosts; nothing is ever accepted that is not there. */
export class HostKeyCheck {
  /** Key algorithms to ask for: the known types first, so that the machine shows a key that can be compared. */
  readonly algorithms: readonly string[];
  /** Why the key was refused. */
  refusal: FarsimError | undefined;
  readonly #settings: SshSettings;
  readonly #known: readonly KnownHost[];
  readonly #host: string;

  constructor(settings: SshSettings, known: readonly KnownHost[]) {
    this.#settings = settings;
    this.#known = known;
    this.#host = settings.hostKeyAlias?.toLowerCase() ?? knownHostName(settings.hostName, settings.port);
    const types = known
      .filter(({ mark, names }) => mark === undefined && namesHost(names, this.#host))
      .map(({ type }) => type);
    const preferred = types.flatMap((type) => (type === 'ssh-rsa' ? rsaAlgorithms : [type]));
    this.algorithms = [
      ...new Set([
        ...preferred.filter((name) => [...allAlgorithms, 'ssh-rsa'].includes(name)),
        ...allAlgorithms,
      ]),
    ];
  }

  static async of(settings: SshSettings): Promise<HostKeyCheck> {
    return new HostKeyCheck(settings, await readKnownHosts(settings.knownHostsFiles));
  }

  /** True when the key may be trusted; otherwise `refusal` says why not. */
  accepts(key: Buffer): boolean {
    const { hostKeyAlias, hostName } = this.#settings;
    const judged = judgeHostKey(
      this.#known,
      this.#host,
      hostKeyAlias?.toLowerCase() ?? hostName.toLowerCase(),
      key,
    );
    if (judged.verdict === 'known') return true;
    this.refusal =
      judged.verdict === 'unknown'
        ? this.#unknown(key, judged.others)
        : this.#changed(key, judged.verdict, judged.entry);
    return false;
  }

  #unknown(key: Buffer, others: readonly KnownHost[]): FarsimError {
    const { name, hostName, port, knownHostsFiles } = this.#settings;
    const file = knownHostsFiles[0] ?? '~/.ssh/known_hosts';
    const folder = path.dirname(file);
    const makesFolder = existsSync(folder) ? '' : `mkdir -p -m 700 ${folder} && `;
    const byAuthority = others.find(({ mark }) => mark === 'cert-authority');
    const otherTypes =
      others.length > 0
        ? `; it is known by ${others.map(({ type, where }) => `${type} (${where})`).join(', ')} only`
        : '';
    return new FarsimError(
      'HOST_KEY_UNKNOWN',
      `${name} showed a ${keyType(key)} host key ${fingerprint(key)} that known_hosts does not have${otherTypes}`,
      {
        suggestions: [
          'compare the fingerprint with the one that the administrator gives',
          `${makesFolder}ssh-keyscan -p ${port} ${hostName} >> ${file}`,
          ...(byAuthority
            ? ['host certificates are understood by `client: openssh` only: use it, or add the key itself']
            : []),
        ],
        details: { fingerprint: fingerprint(key), keyType: keyType(key), host: this.#host },
      },
    );
  }

  #changed(key: Buffer, verdict: 'changed' | 'revoked', entry: KnownHost): FarsimError {
    const { name } = this.#settings;
    const message =
      verdict === 'revoked'
        ? `${name} showed a host key that is marked as revoked in ${entry.where}: ${fingerprint(key)}`
        : `${name} showed another ${keyType(key)} host key than ${entry.where} has: ${fingerprint(key)} instead of ${fingerprint(entry.key)}`;
    const file = entry.where.slice(0, entry.where.lastIndexOf(':'));
    return new FarsimError('HOST_KEY_CHANGED', message, {
      suggestions: [
        'somebody may be listening in: ask the administrator whether the machine was set up anew',
        ...(verdict === 'changed'
          ? [`then forget the old key: ssh-keygen -f ${file} -R '${this.#host}'`]
          : []),
      ],
      details: { fingerprint: fingerprint(key), keyType: keyType(key), host: this.#host },
    });
  }
}
