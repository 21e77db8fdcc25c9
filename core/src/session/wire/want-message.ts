import type { Sendable, Want as WantMessage } from '../../model/messages.ts';
import { Bodies, Encoding } from '../../model/messages.ts';
import type { Want } from '../../model/want.ts';

const bodiesByCode = ['never', 'episodeStart', 'always'] as const;
const encodingsByCode = ['raw', 'jpeg', 'png'] as const;

export function wantToMessage(want: Want): Sendable<WantMessage> {
  return {
    state: want.state ?? false,
    bodies: Bodies[want.bodies ?? 'never'],
    cameras: want.images?.cameras ?? [],
    every: want.images?.every ?? 0,
    encoding: Encoding[want.images?.encoding ?? 'raw'],
    envs: want.envs ? Array.from(want.envs) : [],
  };
}

export function wantFromMessage(message: WantMessage): Want {
  return {
    state: message.state,
    bodies: bodiesByCode[message.bodies],
    ...(message.cameras.length > 0 && {
      images: {
        cameras: message.cameras,
        every: Math.max(1, message.every),
        encoding: encodingsByCode[message.encoding],
      },
    }),
    ...(message.envs.length > 0 && { envs: Int32Array.from(message.envs) }),
  };
}
