// The browser's half of passkeys. The server's half is Accounts/PasskeyEndpoints.cs.

const supported = () => typeof PublicKeyCredential === "function" && typeof PublicKeyCredential.parseRequestOptionsFromJSON === "function";

const token = () => document.querySelector("input[name='__RequestVerificationToken']")?.value ?? "";

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", RequestVerificationToken: token() },
    body: JSON.stringify(body ?? {}),
  });
  if (!answer.ok) throw new Error((await answer.json().catch(() => null))?.detail ?? "The passkey could not be used. Try again.");
  return answer.status === 204 ? null : answer.json();
}

async function show(optionsPath, extra) {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await post(optionsPath));
  return JSON.stringify((await navigator.credentials.get({ publicKey, ...extra })).toJSON());
}

// Answers null when it worked, and otherwise what to tell the person.
async function attempt(ceremony) {
  if (!supported()) return "This browser has no passkeys, or the address is not https.";
  try {
    await ceremony();
    return null;
  } catch (error) {
    if (error.name === "NotAllowedError" || error.name === "AbortError") return "Nothing was chosen. Try again when you are ready.";
    if (error.name === "InvalidStateError") return "This device has a passkey for your account already.";
    return error.message;
  }
}

export const create = name => attempt(async () => {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await post("/account/passkeys/options"));
  const credential = await navigator.credentials.create({ publicKey });
  await post("/account/passkeys", { credential: JSON.stringify(credential.toJSON()), name });
});

export const confirm = () => attempt(async () =>
  post("/account/passkeys/confirm", { credential: await show("/account/passkeys/confirm/options") }));

// The sign-in page: a button, and the browser's own list of passkeys under the e-mail field.
export async function startSignIn(form) {
  if (!supported()) return;
  const button = form.querySelector("button");
  let offered = new AbortController();
  const send = credential => {
    form.querySelector("[data-credential]").value = credential;
    form.requestSubmit();
  };

  form.hidden = false;
  button.addEventListener("click", async event => {
    if (form.querySelector("[data-credential]").value) return;
    event.preventDefault();
    offered.abort();
    const failure = await attempt(async () => send(await show("/sign-in/passkey/options")));
    form.querySelector("[data-failure]").textContent = failure ?? "";
  });

  if (await PublicKeyCredential.isConditionalMediationAvailable?.()) {
    attempt(async () => send(await show("/sign-in/passkey/options", { mediation: "conditional", signal: offered.signal })));
  }
}

const form = document.querySelector("form[data-passkey-sign-in]");
if (form) startSignIn(form);
