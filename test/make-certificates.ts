import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** `server.pem` for 127.0.0.1 and `client.pem`, signed by `ca.pem`, an authority made for the purpose; keys beside them. */
export async function makeCertificates(folder: string): Promise<void> {
  const at = (name: string): string => path.join(folder, name);
  const openssl = (...words: string[]): Promise<unknown> => run('openssl', words);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  await openssl(
    'req',
    '-x509',
    ...key,
    '-subj',
    '/CN=farsim test authority',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
  );
  for (const [name, subject] of [
    ['server', 'IP:127.0.0.1'],
    ['client', 'DNS:client'],
  ] as const) {
    await openssl(
      'req',
      '-x509',
      ...key,
      ...['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-subj', `/CN=${name}`],
      ...['-addext', `subjectAltName=${subject}`, '-addext', 'basicConstraints=CA:FALSE'],
      ...['-keyout', at(`${name}.key`), '-out', at(`${name}.pem`)],
    );
  }
}
