import { readFile } from 'node:fs/promises';
import ssh2, { type AnyAuthMethod, type ParsedKey } from 'ssh2';
import { AgentKeys } from './agent-keys.ts';
import type { SshSettings } from './ssh-settings.ts';

/** Ways to log in, in the order in which they are tried. */
export interface LoginPlan {
  readonly attempts: readonly { readonly label: string; readonly method: AnyAuthMethod }[];
  /** What could not be tried, and why, each with its way out. */
  readonly obstacles: readonly { readonly what: string; readonly wayOut: string }[];
}

interface IdentityFile {
  readonly file: string;
  readonly key?: ParsedKey;
  readonly obstacle?: LoginPlan['obstacles'][number];
}

/**
 * Tries the keys of ~/.ssh/config first, signed by the agent where it holds them, then the agent's others (not with
 * IdentitiesOnly): machines refuse after six wrong keys. Files that are not there are passed over.
 */
export async function planLogin(settings: SshSettings): Promise<LoginPlan> {
  const { user, agent, identityFiles, identitiesOnly } = settings;
  const [held, read] = await Promise.all([
    agent === undefined ? undefined : AgentKeys.of(agent),
    Promise.all([...new Set(identityFiles)].map(readIdentity)),
  ]);
  const files = read.filter((identity) => identity !== undefined);
  const named = files.map(({ key }) => key?.getPublicSSH()).filter((key) => key !== undefined);
  const isNamed = (key: ParsedKey): boolean => named.some((other) => other.equals(key.getPublicSSH()));
  const byAgent = (keys: AgentKeys | undefined, which: string): LoginPlan['attempts'] =>
    !keys || keys.keys.length === 0
      ? []
      : [
          {
            label: `${which} of the agent (${keys.keys.length})`,
            method: { type: 'agent', username: user, agent: keys },
          },
        ];
  const heldNamed = held?.only(isNamed);
  const isHeld = (key: ParsedKey): boolean =>
    heldNamed?.keys.some((other) => other.getPublicSSH().equals(key.getPublicSSH())) ?? false;
  const byFile = files.flatMap(({ file, key }): LoginPlan['attempts'] =>
    key?.isPrivateKey() && !isHeld(key)
      ? [{ label: file, method: { type: 'publickey', username: user, key: key as never } }]
      : [],
  );
  return {
    attempts: [
      ...byAgent(heldNamed, 'the configured keys'),
      ...byFile,
      ...(identitiesOnly
        ? []
        : byAgent(
            held?.only((key) => !isNamed(key)),
            'other keys',
          )),
    ],
    obstacles: files.flatMap(({ key, obstacle }) => (obstacle && !(key && isHeld(key)) ? [obstacle] : [])),
  };
}

async function readIdentity(file: string): Promise<IdentityFile | undefined> {
  const [text, publicText] = await Promise.all([readText(file), readText(`${file}.pub`)]);
  if (text instanceof Error && publicText instanceof Error) {
    if (text.code === 'ENOENT') return undefined;
    return {
      file,
      obstacle: { what: `${file} cannot be read (${text.message})`, wayOut: `let this user read ${file}` },
    };
  }
  const key = text instanceof Error ? undefined : parse(text);
  if (key && !(key instanceof Error)) return { file, key };
  const publicKey = publicText instanceof Error ? undefined : parse(publicText);
  return {
    file,
    ...(publicKey && !(publicKey instanceof Error) && { key: publicKey }),
    ...(key && { obstacle: explain(file, key) }),
  };
}

function explain(file: string, error: Error): LoginPlan['obstacles'][number] {
  return /encrypted|passphrase/i.test(error.message)
    ? { what: `${file} has a passphrase and no agent holds it`, wayOut: `ssh-add ${file}` }
    : {
        what: `${file} is no private key that can be used (${error.message})`,
        wayOut: `ssh-keygen -y -f ${file}`,
      };
}

function parse(text: string): ParsedKey | Error {
  const parsed = ssh2.utils.parseKey(text);
  return Array.isArray(parsed) ? parsed[0]! : parsed;
}

async function readText(file: string): Promise<string | NodeJS.ErrnoException> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
}
