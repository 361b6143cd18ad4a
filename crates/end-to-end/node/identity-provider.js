// An OpenID Connect provider at which anybody signs in by a name alone.
//
//   node identity-provider.js REDIRECT SECRET
//
// It takes one client, `probity`, and says its address on its first line. It ends with its input.
import { createServer } from "node:http";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import Provider from "oidc-provider";

const [redirect, secret] = process.argv.slice(2);
const CLIENT = "probity";

const key = () => {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256" };
};

const settings = {
  clients: [
    {
      client_id: CLIENT,
      client_secret: secret,
      redirect_uris: [redirect],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  jwks: { keys: [key()] },
  cookies: { keys: [randomBytes(16).toString("hex")] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/sign-in/${interaction.uid}` },
  claims: { openid: ["sub", "auth_time"], profile: ["preferred_username"] },
  conformIdTokenClaims: false,
  ttl: { Grant: 600, Session: 600, Interaction: 600, AccessToken: 600, IdToken: 600 },
  findAccount: (_, name) => ({
    accountId: name,
    claims: () => ({ sub: name, preferred_username: `${name}@council.example` }),
  }),
  // Nobody is asked what our one client may see.
  loadExistingGrant: async ({ oidc }) => {
    const grant = new oidc.provider.Grant({
      clientId: oidc.client.clientId,
      accountId: oidc.session.accountId,
    });
    grant.addOIDCScope("openid profile");
    await grant.save();
    return grant;
  },
};

const page = `<!doctype html><html lang="en"><title>Sign in at the provider</title><main>
<h1>Sign in at the provider</h1><form method="post">
<label for="name">Name</label> <input id="name" name="name" autocomplete="username">
<button>Sign in</button></form></main></html>`;

const body = async (request) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
};

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, settings);
  const rest = provider.callback();
  server.on("request", async (request, response) => {
    if (!request.url.startsWith("/sign-in/")) return rest(request, response);
    if (request.method === "POST") {
      const login = { accountId: (await body(request)).get("name") };
      return provider.interactionFinished(request, response, { login });
    }
    response.setHeader("content-type", "text/html; charset=utf-8");
    return response.end(page);
  });
  console.log(issuer);
});
process.stdin.on("end", () => process.exit()).resume();
