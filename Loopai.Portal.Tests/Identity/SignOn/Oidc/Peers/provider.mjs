// An OpenID provider for the tests: npm's oidc-provider on a loopback port, whose people come in without a form. What is under /control is the tests' own.
import http from 'node:http';
import { once } from 'node:events';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import Provider from 'oidc-provider';

const server = http.createServer((request, response) => handle(request, response).catch((error) => {
  response.writeHead(500).end(String(error.stack));
}));
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;

const people = new Map();
const clients = new Map();
let busy = 0;
let keys = [newKey('RS256')];
let provider = make();

function newKey(alg) {
  const pair = alg.startsWith('ES') ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...pair.privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg };
}

// Rebuilt whenever something changes; what it stores lies in the module, so that sessions and codes go on.
function make() {
  const made = new Provider(issuer, {
    clients: [...clients.values()],
    jwks: { keys },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({ sub, ...people.get(sub) }),
    }),
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    acrValues: ['urn:test:mfa', 'urn:test:password'],
    cookies: { keys: ['a fixed key, so that sessions outlive a change of clients'] },
    enabledJWA: { idTokenSigningAlgValues: ['RS256', 'PS256', 'ES256'] },
    // Its own guard keeps its logout messages from loopback, where the tests' portal is.
    fetch: (url, options) => globalThis.fetch(url, { ...options, dispatcher: undefined }),
    features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true }, rpInitiatedLogout: { enabled: true } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    ttl: { AccessToken: 600, AuthorizationCode: 60, IdToken: 600, Interaction: 600, Session: 3600, Grant: 3600 },
  });
  made.on('server_error', (_, error) => console.error(error));
  return made;
}

async function handle(request, response) {
  const url = new URL(request.url, issuer);
  if (url.pathname === '/control' && request.method === 'GET') {
    response.writeHead(200).end(String(busy));
  } else if (url.pathname === '/control') {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const change = JSON.parse(Buffer.concat(chunks).toString());
    if (change.client) clients.set(change.client.client_id, change.client);
    if (change.person) people.set(change.person.sub, change.person.claims);
    if (change.rotate) keys = [newKey(change.rotate)];
    provider = make();
    response.writeHead(204).end();
  } else if (url.pathname.startsWith('/interaction/')) {
    await interact(request, response);
  } else {
    const since = performance.now();
    response.on('close', () => { busy += performance.now() - since; });
    provider.callback()(request, response);
  }
}

// Whoever is hinted at is signed in, and agrees to everything; who is not gets a form that takes the address alone.
async function interact(request, response) {
  const { params, prompt, session } = await provider.interactionDetails(request, response);
  if (prompt.name === 'login') {
    const name = request.method === 'POST' ? (await form(request)).get('email') : params.login_hint;
    const accountId = [...people].find(([sub, person]) => sub === name || person.email === name)?.[0];
    if (!accountId) {
      response.writeHead(200, { 'content-type': 'text/html' }).end(
        '<!DOCTYPE html><html lang="en"><title>Provider</title><form method="post"><label>Your address <input name="email"></label><button>Sign in at the provider</button></form>');
      return;
    }
    const acr = people.get(accountId).acr ?? 'urn:test:password';
    await provider.interactionFinished(request, response, { login: { accountId, acr } }, { mergeWithLastSubmission: false });
    return;
  }
  const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: true });
}

async function form(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

console.log(JSON.stringify({ issuer }));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
