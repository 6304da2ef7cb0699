// A receiver of webhooks as its author would write it: npm's standardwebhooks says whether a request is genuine.
import http from 'node:http';
import { once } from 'node:events';
import { Webhook } from 'standardwebhooks';

let secrets = [];
const received = [];

const server = http.createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  if (request.url === '/secrets') {
    secrets = JSON.parse(body);
    response.end('{}');
  } else if (request.url === '/received') {
    response.end(JSON.stringify(received));
  } else {
    const verified = secrets.map((secret) => {
      try {
        return new Webhook(secret).verify(body, request.headers).type;
      } catch (error) {
        return `${error.name}: ${error.message}`;
      }
    });
    received.push({ verified, id: request.headers['webhook-id'], agent: request.headers['user-agent'], type: request.headers['content-type'], signature: request.headers['webhook-signature'], body });
    response.writeHead(verified.some((type) => !type.includes(':')) ? 204 : 401).end();
  }
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
console.log(JSON.stringify({ address: `http://127.0.0.1:${server.address().port}/` }));
process.stdin.resume().on('end', () => process.exit(0));
