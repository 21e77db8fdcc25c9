import type { Address, Host } from '../../ports/transport.ts';
import { askBridge } from '../hosts/ask-bridge.ts';
import type { FarLaunch } from '../launch/far-launch.ts';
import type { FarPrefixes } from '../launch/far-prefixes.ts';

/** Where a bridge lies and how its verbs are run there. */
export interface BridgePlace {
  readonly host: Host;
  readonly prefixes: FarPrefixes;
  /** Interpreter and archive, without a prefix. */
  readonly command: readonly string[];
  readonly orderHash: string;
  /** What an env is made of that is not its engine. */
  readonly remake?: Remake;
}

/** What a simulator that runs another env is given to make this one. */
export interface Remake {
  readonly config: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string>>;
  readonly orderHash: string;
}

/** A supervisor that runs and listens. */
export interface StartedBridge {
  readonly session: string;
  readonly token: string;
  /** Where its control and data channels are dialled: a socket of this machine, or a far command. */
  readonly address: Address;
  /** It was there before: an earlier client made it. */
  readonly joined: boolean;
  /** It is left for the next client after this one, unless that says otherwise. */
  readonly waits: boolean;
  /** It runs another env in this order's engine, and makes this one when it is asked. */
  readonly remake?: Remake | undefined;
  /** Seconds that it outlives its client. */
  readonly grace: number;
  /** Words that run programs where it runs, and those that run its bridge's verbs there. */
  readonly enter: readonly string[];
  readonly command: readonly string[];
  /** Ends it and what its supervisor left, when no channel can be dialled; tells why it had ended before. */
  readonly down: () => Promise<string | undefined>;
  /** Why the prefix that it was started behind has ended; undefined while that runs, or where there is none. */
  readonly whyOver: () => Promise<string | undefined>;
  /** Waits until nothing of its prefix is left after the session's end, or ends that. */
  readonly clear: () => Promise<void>;
}

/** One failed dial waits for no more than this to learn why. */
const whyMs = 3_000;

/** What can be done with the session of a bridge's first line; `grace` where the line tells of none. */
export function reachBridge(
  { host, prefixes, command, remake }: BridgePlace,
  line: Readonly<Record<string, unknown>>,
  grace: number,
  launch?: FarLaunch,
): StartedBridge {
  const session = String(line.session);
  const prefix = prefixes.enter(line.job as string | undefined);
  const later = [...prefix, ...command];
  const clear = async (): Promise<string | undefined> => launch?.end().catch(() => undefined);
  return {
    session,
    token: String(line.token),
    address:
      host.local && prefix.length === 0 ? String(line.address) : { exec: [...later, 'attach', session] },
    joined: line.joined === true,
    waits: line.joined === true && line.waits !== false,
    remake: line.remake === true ? remake : undefined,
    enter: prefix,
    command: later,
    grace: (line.lease as { readonly grace?: number } | undefined)?.grace ?? grace,
    down: async () => {
      // a job may end before its bridge has answered
      const { reason } = await askBridge(host, later, ['down', session]).catch(() => ({ reason: null }));
      const why = await clear();
      return typeof reason === 'string' ? reason : why;
    },
    whyOver: async () => launch?.whyOver(AbortSignal.timeout(whyMs)).catch(() => undefined),
    clear: async () => void (await clear()),
  };
}
