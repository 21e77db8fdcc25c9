import { nkeys } from '@nats-io/transport-node';

export interface NatsAccount {
  /** Lines of a server's configuration that trusts this account and no other. */
  readonly config: readonly string[];
  /** Text of a creds file of one of its users. */
  readonly creds: string;
}

const unlimited = {
  subs: -1,
  data: -1,
  payload: -1,
  imports: -1,
  exports: -1,
  wildcards: true,
  conn: -1,
  leaf: -1,
};

/** An operator, an account and a user, as `nsc` makes them: each one's JWT is signed by the one before. */
export function makeNatsAccount(): NatsAccount {
  const [operator, account, user] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createUser()];
  const accountJwt = signJwt(operator, account, 'account', { limits: unlimited });
  const userJwt = signJwt(account, user, 'user', { pub: {}, sub: {}, subs: -1, data: -1, payload: -1 });
  return {
    config: [
      `operator: "${signJwt(operator, operator, 'operator', {})}"`,
      'resolver: MEMORY',
      `resolver_preload: { ${account.getPublicKey()}: "${accountJwt}" }`,
    ],
    creds: [
      ...section('NATS USER JWT', userJwt),
      ...section('USER NKEY SEED', Buffer.from(user.getSeed()).toString('latin1')),
    ].join('\n'),
  };
}

function signJwt(issuer: nkeys.KeyPair, subject: nkeys.KeyPair, type: string, claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const head = part({ typ: 'JWT', alg: 'ed25519-nkey' });
  const body = part({
    jti: 'test',
    iat: Math.floor(Date.now() / 1000),
    iss: issuer.getPublicKey(),
    name: type,
    sub: subject.getPublicKey(),
    nats: { ...claims, type, version: 2 },
  });
  const signature = issuer.sign(Buffer.from(`${head}.${body}`));
  return `${head}.${body}.${Buffer.from(signature).toString('base64url')}`;
}

function section(title: string, text: string): string[] {
  return [`-----BEGIN ${title}-----`, text, `------END ${title}------`, ''];
}
