import { mayOpenNamespaces, openNamespaces } from '../sshd/network-namespaces.ts';
import { startSshd, type Sshd } from '../sshd/start-sshd.ts';
import { openBreakableLink } from './breakable-link.ts';

/** A link to an sshd that can stand still without a word, in one of the ways of networks and machines. */
export interface FreezingLink extends AsyncDisposable {
  readonly sshd: Sshd;
  readonly port: number;
  freeze(): Promise<unknown>;
  thaw(): Promise<unknown>;
}

/** Through a relay, which can also be cut. */
export async function relayed(): Promise<FreezingLink & { cut(): void }> {
  const sshd = await startSshd();
  const relay = await openBreakableLink(sshd.port);
  return {
    sshd,
    port: relay.port,
    cut: () => relay.cut(),
    freeze: async () => relay.freeze(),
    thaw: async () => relay.thaw(),
    async [Symbol.asyncDispose]() {
      await relay[Symbol.asyncDispose]();
      await sshd[Symbol.asyncDispose]();
    },
  };
}

/** The processes that serve the connections are stopped; a new connection finds new ones. */
async function stopped(): Promise<FreezingLink> {
  const sshd = await startSshd();
  return {
    sshd,
    port: sshd.port,
    freeze: () => sshd.signalSessions('SIGSTOP'),
    thaw: () => sshd.signalSessions('SIGCONT'),
    [Symbol.asyncDispose]: () => sshd[Symbol.asyncDispose](),
  };
}

/** The far machine's interface is down. */
async function unplugged(): Promise<FreezingLink> {
  const namespaces = await openNamespaces(1);
  const [machine] = namespaces.machines as [(typeof namespaces.machines)[number]];
  const sshd = await startSshd({ on: machine });
  return {
    sshd,
    port: sshd.port,
    freeze: () => machine.cut(),
    thaw: () => machine.mend(),
    async [Symbol.asyncDispose]() {
      await sshd[Symbol.asyncDispose]();
      await namespaces[Symbol.asyncDispose]();
    },
  };
}

/** Every way there is; without root the one that needs a network of its own is left out, and said. */
export function freezingLinks(): readonly (readonly [name: string, open: () => Promise<FreezingLink>])[] {
  return [
    ['relay', relayed],
    ['stopped sshd', stopped],
    ...(mayOpenNamespaces('a link that is down') ? [['link down', unplugged] as const] : []),
  ];
}
