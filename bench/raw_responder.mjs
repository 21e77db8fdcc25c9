// The yardstick's far end on a bus: answers each request on `raw` with a reply of a fixed size. `node raw_responder.mjs URL BYTES`
import { connect } from '@nats-io/transport-node';

const [servers, bytes] = process.argv.slice(2);
const connection = await connect({ servers });
const reply = new Uint8Array(Number(bytes));
connection.subscribe('raw', { callback: (_, message) => void message.respond(reply) });
await connection.flush();
console.log('listening');
