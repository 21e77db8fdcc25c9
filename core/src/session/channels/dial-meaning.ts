const meanings: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'no such host name is known',
  EAI_AGAIN: 'its name cannot be looked up now',
  EHOSTUNREACH: 'no route leads there',
  ENETUNREACH: 'no route leads there',
  ETIMEDOUT: 'it did not answer',
  ECONNRESET: 'it closed the connection',
};

/** Why a port of another machine could not be dialled, in words where Node has a code for it. */
export function dialMeaning({ code = '', message }: Pick<NodeJS.ErrnoException, 'code' | 'message'>): string {
  return meanings[code] ?? message;
}
