import { FarsimError } from '../../model/errors.ts';

export type SocketAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

// sun_path of the smallest platform, with its closing zero
const longestSocketPath = 103;

/** Reads `unix:/path`, `tcp:host:port` or `tcp:[::1]:port`. Throws BAD_ARGUMENT. */
export function parseSocketAddress(address: string): SocketAddress {
  const path = /^unix:(\/.*)$/s.exec(address)?.[1];
  if (path !== undefined) {
    const bytes = Buffer.byteLength(path);
    if (bytes <= longestSocketPath && !path.includes('\0')) return { kind: 'unix', path };
    throw new FarsimError(
      'BAD_ARGUMENT',
      `the socket path ${JSON.stringify(path)} has ${bytes} bytes; ${longestSocketPath} is the most`,
      {
        suggestions: ['use a shorter folder, such as one in /tmp'],
      },
    );
  }
  const [, six, four, digits] = /^tcp:(?:\[([0-9a-f:.%]+)\]|([a-z0-9._-]+)):(\d{1,5})$/i.exec(address) ?? [];
  const host = six ?? four;
  const port = Number(digits);
  if (host !== undefined && !host.startsWith('-') && port <= 65_535) return { kind: 'tcp', host, port };
  throw new FarsimError('BAD_ARGUMENT', `${JSON.stringify(address)} is no address`, {
    suggestions: ["write 'unix:/path' or 'tcp:127.0.0.1:5555'"],
  });
}

/** True for `localhost`, `127.0.0.0/8` and `::1`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
