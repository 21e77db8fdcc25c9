import type { AnyAuthMethod, ParsedKey } from 'ssh2';
import { AgentKeys } from '../keys/agent-keys.ts';
import { readIdentity, type IdentityFile } from '../keys/identity-file.ts';
import type { KeyRing, Obstacle } from '../keys/key-ring.ts';
import { LockedKey } from '../keys/locked-key.ts';
import type { SshSettings } from '../config/ssh-settings.ts';

/** Ways to log in, in the order in which they are tried. */
export interface LoginPlan {
  readonly attempts: readonly { readonly label: string; readonly method: AnyAuthMethod }[];
  /** What could not be tried, and why, each with its way out; known once all was tried. */
  readonly obstacles: () => readonly Obstacle[];
}

/** How passphrases come in while a login is under way. */
export interface Unlocking {
  readonly keys: KeyRing;
  readonly signal: AbortSignal | undefined;
  /** Waits for the user within `ask`, for which no deadline of the login counts. */
  readonly whileAsking: <T>(ask: () => Promise<T>) => Promise<T>;
}

/**
 * Tries the keys of ~/.ssh/config first, signed by the agent where it holds them, then the agent's others (not with
 * IdentitiesOnly): machines refuse after six wrong keys. Files that are not there are passed over. First of all the machine
 * is asked what it takes, which is no attempt.
 */
export async function planLogin(settings: SshSettings, unlocking: Unlocking): Promise<LoginPlan> {
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
  const notHeld = files.filter(({ key }) => !(key && isHeld(key)));
  const byFile = notHeld.flatMap((identity): LoginPlan['attempts'] => {
    const method = methodOf(identity, settings, unlocking);
    return method ? [{ label: identity.file, method }] : [];
  });
  return {
    attempts: [
      { label: '', method: { type: 'none', username: user } },
      ...byAgent(heldNamed, 'the configured keys'),
      ...byFile,
      ...(identitiesOnly
        ? []
        : byAgent(
            held?.only((key) => !isNamed(key)),
            'other keys',
          )),
    ],
    obstacles: () =>
      notHeld
        .map(({ file, obstacle }) => obstacle ?? unlocking.keys.obstacle(file))
        .filter((obstacle) => obstacle !== undefined),
  };
}

function methodOf(
  { file, key, locked }: IdentityFile,
  { user: username, batchMode }: SshSettings,
  { keys, signal, whileAsking }: Unlocking,
): AnyAuthMethod | undefined {
  if (locked) {
    const unlock = () => whileAsking(() => keys.unlock(file, !batchMode, signal));
    return { type: 'agent', username, agent: new LockedKey(key, unlock) };
  }
  return key?.isPrivateKey() ? { type: 'publickey', username, key: key as never } : undefined;
}
