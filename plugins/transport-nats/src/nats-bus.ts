import { FarsimError } from '@farsim/core';
import type { Msg, NatsConnection, Status } from '@nats-io/transport-node';
import { forbiddenError, forbiddenSubject, lostServer, publishError } from './nats-errors.ts';

const noResponders = 503;
const goodbyeMs = 500;

/** Someone with subjects on the bus. */
export interface BusUser {
  /** Called with each message of its subscription. */
  readonly hear: (message: Uint8Array, reply: string) => void;
  /** Nobody hears the subject that it sent to. */
  readonly unheard?: () => void;
  /** The server was lost or forbids one of its subjects. Messages may have been lost with it. */
  readonly lose: (error: FarsimError) => void;
}

/** A user's place on the bus, until it is closed. */
export interface BusPlace {
  /** Publishes with the place's own subject as the reply. */
  readonly send: (subject: string, message: Uint8Array) => void;
  readonly close: () => void;
}

/**
 * One connection to a NATS server. A server that is gone, or silent for 3 s, is lost to all users and dialled again for as
 * long as it takes; subscriptions of listeners come back with it.
 */
export class NatsBus implements AsyncDisposable {
  readonly servers: string;
  readonly #connection: NatsConnection;
  readonly #users = new Map<BusUser, Set<string>>();
  readonly #log: (line: string) => void;
  /** Why nothing can be sent now. */
  #gone: FarsimError | undefined;

  constructor(connection: NatsConnection, servers: string, log: (line: string) => void) {
    this.#connection = connection;
    this.servers = servers;
    this.#log = log;
    void this.#watch();
  }

  /** Bytes of a message that the server takes at most. Throws HOST_UNREACHABLE while it is gone. */
  get maxPayload(): number {
    this.requireServer();
    return this.#connection.info!.max_payload;
  }

  /** Throws HOST_UNREACHABLE while the server is gone. */
  requireServer(): void {
    if (this.#gone) throw this.#gone;
    if (!this.#connection.info) throw lostServer(this.servers);
  }

  /** Subscribes `user` to a subject. */
  join(subject: string, user: BusUser): BusPlace {
    this.requireServer();
    const subjects = new Set([subject]);
    this.#users.set(user, subjects);
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        // what the subscription is refused with comes to #watch too
        if (error) return;
        if (isNoResponders(message)) user.unheard?.();
        else user.hear(message.data, message.reply ?? '');
      },
    });
    return {
      send: (to, message) => {
        if (this.#gone) return;
        subjects.add(to);
        try {
          this.#connection.publish(to, message, { reply: subject });
        } catch (error) {
          user.lose(publishError(error, this.servers));
        }
      },
      close: () => {
        if (this.#users.delete(user) && !this.#connection.isClosed()) subscription.unsubscribe();
      },
    };
  }

  /** Resolves when the server has seen all that was sent; what it forbids was told before. */
  async flush(): Promise<void> {
    this.requireServer();
    try {
      await this.#connection.flush();
      // refusals come through the client's queue of events, a little later than the answer
      await new Promise(setImmediate);
    } catch {
      throw lostServer(this.servers);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, goodbyeMs)));
    await Promise.race([this.flush().catch(() => undefined), late]);
    clearTimeout(timer);
    await this.#connection.close();
  }

  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) this.#note(status);
    this.#loseAll(new FarsimError('CLOSED', `the connection to the NATS server ${this.servers} was closed`));
  }

  #note(status: Status): void {
    if (status.type === 'disconnect') {
      this.#log(`the NATS server ${this.servers} is gone; dialling it again`);
      this.#loseAll(lostServer(this.servers));
    } else if (status.type === 'reconnect') {
      this.#gone = undefined;
      this.#log(`the NATS server ${this.servers} is back`);
    } else if (status.type === 'error') this.#forbid(status.error);
  }

  #loseAll(error: FarsimError): void {
    this.#gone = error;
    for (const user of [...this.#users.keys()]) user.lose(error);
  }

  #forbid(error: Error): void {
    const subject = forbiddenSubject(error);
    if (subject === undefined) return;
    const forbidden = forbiddenError(error, subject, this.servers);
    this.#log(forbidden.message);
    for (const [user, subjects] of [...this.#users]) if (subjects.has(subject)) user.lose(forbidden);
  }
}

function isNoResponders({ headers, data }: Msg): boolean {
  return data.length === 0 && headers?.code === noResponders;
}
