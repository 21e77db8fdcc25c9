import { homedir, userInfo } from 'node:os';
import path from 'node:path';

/** What ssh_config's tokens stand for (ssh_config(5), TOKENS), but for those that no path of ours needs. */
export interface PathTokens {
  /** `%h`, `%n`, `%p` and `%r`: the host's name, the one that was asked for, the port and the user there. */
  readonly hostName: string;
  readonly asked: string;
  readonly port: number;
  readonly user: string;
}

/** A path of ssh_config as ssh reads it: without quotes, tokens and `${NAME}` replaced, `~` the user's home. */
export function expandPath(written: string, { hostName, asked, port, user }: PathTokens): string {
  const tokens: Readonly<Record<string, string>> = {
    '%': '%',
    d: homedir(),
    h: hostName,
    i: String(process.getuid?.() ?? ''),
    n: asked,
    p: String(port),
    r: user,
    u: userInfo().username,
  };
  const expanded = written
    .replace(/^"(.*)"$/, '$1')
    .replace(/\$\{(\w+)\}/g, (_, name: string) => process.env[name] ?? '')
    .replace(/%(.)/g, (token, letter: string) => tokens[letter] ?? token);
  return expanded.startsWith('~/') ? path.join(homedir(), expanded.slice(2)) : expanded;
}

/** The agent's socket; `configured` is what IdentityAgent says. */
export function agentSocket(configured: string | undefined, tokens: PathTokens): string | undefined {
  if (configured === 'none') return undefined;
  if (configured === undefined || configured === 'SSH_AUTH_SOCK')
    return process.env.SSH_AUTH_SOCK || undefined;
  return /^\$\w+$/.test(configured) ? process.env[configured.slice(1)] : expandPath(configured, tokens);
}
