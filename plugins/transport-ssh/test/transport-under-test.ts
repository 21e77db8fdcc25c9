import {
  loopbackTcp,
  openEchoing,
  openEchoProgram,
  openHostUnderTest,
  unixSocket,
} from '../../../test/open-echoing.ts';
import type { Sshd } from '../../../test/sshd/start-sshd.ts';
import type { ClientChoice } from '../src/open-ssh-client.ts';
import { openSshTransport, type SshTransport } from '../src/ssh-transport.ts';

/** The contracts' subjects: a transport by one client to a server, in each way in which it dials. */
export function subjects(server: () => Sshd, client: ClientChoice) {
  const openTransport = (): Promise<SshTransport> =>
    openSshTransport({ host: 'far', configFile: server().configFile, client });
  const transports = {
    'far program': async () => openEchoProgram(await openTransport()),
    'forwarded unix socket': async () => openEchoing(unixSocket, await openTransport()),
    'forwarded port': async () => openEchoing(loopbackTcp, await openTransport()),
  };
  return { transports, host: async () => openHostUnderTest(await openTransport()) };
}
