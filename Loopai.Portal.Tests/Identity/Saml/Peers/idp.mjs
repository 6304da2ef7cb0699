// npm's samlify as an identity provider on loopback: signs people in without asking, as the tests tell it to.
import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import samlify from 'samlify';

const { IdentityProvider, ServiceProvider, SamlLib, Constants, setSchemaValidator } = samlify;
setSchemaValidator({ validate: async () => 'not checked here' });

const id = () => '_' + randomBytes(16).toString('hex');
let port;
const at = (path) => `http://127.0.0.1:${port}${path}`;

// One service provider a connection, by its name in the path: each has keys and answers as its test wants them.
const parties = new Map();

function build(party) {
  const { key, certificate, encrypt, signMessage, binding } = party.options;
  party.idp = IdentityProvider({
    entityID: at(`/${party.name}/metadata`),
    privateKey: key,
    signingCert: certificate,
    wantAuthnRequestsSigned: true,
    wantLogoutRequestSigned: true,
    wantLogoutResponseSigned: true,
    isAssertionEncrypted: encrypt ?? false,
    dataEncryptionAlgorithm: party.options.cipher ?? 'http://www.w3.org/2009/xmlenc11#aes128-gcm',
    keyEncryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p',
    nameIDFormat: ['urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress'],
    requestSignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    singleSignOnService: [{ Binding: Constants.namespace.binding[binding ?? 'redirect'], Location: at(`/${party.name}/sso`) }],
    singleLogoutService: [{ Binding: Constants.namespace.binding[binding ?? 'redirect'], Location: at(`/${party.name}/slo`) }],
    loginResponseTemplate: { context: SamlLib.defaultLoginResponseTemplate.context },
  });
  party.sp = party.options.spMetadata && ServiceProvider({
    metadata: party.options.spMetadata,
    wantMessageSigned: signMessage ?? false,
    wantLogoutRequestSigned: true,
    wantLogoutResponseSigned: true,
  });
}

const attribute = (name, values) => `<saml:Attribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic">`
  + values.map((v) => `<saml:AttributeValue xsi:type="xs:string">${v}</saml:AttributeValue>`).join('') + '</saml:Attribute>';

async function respond(party, request) {
  const { user } = party.options;
  const acs = party.sp.entityMeta.getAssertionConsumerService('post');
  const now = new Date();
  const later = new Date(now.getTime() + 5 * 60_000).toISOString();
  const values = {
    ID: id(), AssertionID: id(), Issuer: party.idp.entityMeta.getEntityID(), IssueInstant: now.toISOString(), Destination: acs, SubjectRecipient: acs,
    Audience: party.sp.entityMeta.getEntityID(), StatusCode: 'urn:oasis:names:tc:SAML:2.0:status:Success', NameID: user.nameId,
    NameIDFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress', ConditionsNotBefore: now.toISOString(), ConditionsNotOnOrAfter: later,
    SubjectConfirmationDataNotOnOrAfter: later, InResponseTo: request?.extract.request.id ?? '',
  };
  const statements = `<saml:AuthnStatement AuthnInstant="${now.toISOString()}" SessionIndex="${user.session}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`
    + `<saml:AttributeStatement>${attribute('mail', [user.nameId])}${attribute('displayName', [user.name])}${attribute('groups', user.groups)}</saml:AttributeStatement>`;
  const { context } = await party.idp.createLoginResponse(party.sp, request, 'post', user, {
    encryptThenSign: true,
    customTagReplacement: (template) => {
      let filled = template.replace('{AuthnStatement}{AttributeStatement}', statements);
      if (!request) filled = filled.replaceAll(' InResponseTo="{InResponseTo}"', '');
      return { id: values.ID, context: SamlLib.replaceTagsByValue(filled, values) };
    },
  });
  return form(acs, { SAMLResponse: context });
}

const form = (action, fields) => ({
  type: 'text/html',
  body: `<!DOCTYPE html><form method="post" action="${action}">`
    + Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`).join('')
    + '<button>Continue</button></form><script>document.forms[0].submit()</script>',
});

const octets = (search) => search.slice(1).split('&').filter((part) => /^(SAMLRequest|SAMLResponse|RelayState|SigAlg)=/.test(part)).join('&');

function incoming(url, method, body) {
  return method === 'POST'
    ? ['post', { body: Object.fromEntries(new URLSearchParams(body)) }]
    : ['redirect', { query: Object.fromEntries(url.searchParams), octetString: octets(url.search) }];
}

async function answer(party, path, url, method, body) {
  const carried = incoming(url, method, body);
  switch (path) {
    case 'options':
      party.options = { ...party.options, ...JSON.parse(body) };
      build(party);
      return { type: 'text/plain', body: 'ok' };
    case 'metadata':
      return { type: 'application/samlmetadata+xml', body: party.idp.getMetadata() };
    case 'sso':
      return respond(party, await party.idp.parseLoginRequest(party.sp, ...carried));
    case 'initiate':
      return respond(party, null);
    case 'end': {
      // Signing out at the provider: its request goes to the service provider.
      const { context, entityEndpoint } = party.idp.createLogoutRequest(
        party.sp, party.options.binding ?? 'redirect', { logoutNameID: party.options.user.nameId, sessionIndex: party.options.user.session }, { relayState: 'a relay & state' });
      return party.options.binding === 'post' ? form(entityEndpoint, { SAMLRequest: context, RelayState: 'a relay &amp; state' }) : { location: context };
    }
    case 'slo': {
      const fields = carried[1].query ?? carried[1].body;
      if (fields.SAMLResponse) {
        await party.idp.parseLogoutResponse(party.sp, ...carried);
        return { type: 'text/plain', body: `signed out; relay state: ${fields.RelayState}` };
      }
      const request = await party.idp.parseLogoutRequest(party.sp, ...carried);
      party.loggedOut = request.extract.nameID;
      const { context, entityEndpoint } = party.idp.createLogoutResponse(party.sp, request, party.options.binding ?? 'redirect', {});
      return party.options.binding === 'post' ? form(entityEndpoint, { SAMLResponse: context }) : { location: context };
    }
    case 'logged-out':
      return { type: 'text/plain', body: party.loggedOut ?? '' };
  }
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, at('/'));
  const [, name, path] = url.pathname.split('/');
  let body = '';
  for await (const chunk of request) body += chunk;
  try {
    if (!parties.has(name)) parties.set(name, { name, options: {} });
    const result = await answer(parties.get(name), path, url, request.method, body);
    if (!result) response.writeHead(404).end();
    else if (result.location) response.writeHead(302, { location: result.location }).end();
    else response.writeHead(200, { 'content-type': result.type }).end(result.body);
  } catch (error) {
    response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error?.stack ?? error));
  }
});
server.listen(0, '127.0.0.1', () => {
  port = server.address().port;
  console.log(JSON.stringify({ address: at('') }));
});
process.stdin.on('end', () => process.exit(0)).resume();
