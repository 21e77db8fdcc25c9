import { openStreamChannel } from '../session/channels/stream-channel.ts';
import { echoFrames } from './echo-peer.ts';

// `node echo-program.js`: the echo peer behind standard input and output
await echoFrames(
  openStreamChannel({ readable: process.stdin, writable: process.stdout }, { side: 'listener' }),
);
process.exit(0);
