/**
 * The console: who is signed in, and whose notifications are shown.
 *
 * The page's files come from a Lambda function, one request an instance at a time. So no module
 * imports more than five others: loaded at once, they would need as many instances, each of them
 * cold at first, and a new AWS account has ten in all.
 */

import { Api } from "./api.js";
import { byId, whileBusy } from "./dom.js";
import { forget, recall, remember, sandboxAddress, takeFragment } from "./session.js";
import { runWorkspace } from "./workspace.js";

/** The API's root: this file is at console/console.js below it, wherever the API lives. */
const BASE = new URL("../", import.meta.url);
/** What can stand in a header at all; whether it is a key, the service knows. */
const API_KEY = /^[\x21-\x7e]+$/;

const signInForm = byId("sign-in").querySelector("form");
const userForm = /** @type {HTMLFormElement} */ (byId("user-form"));

/** Ends everything that runs for the user who is shown. */
let showing = new AbortController();

function showSignIn(message = "") {
  showing.abort();
  byId("console").hidden = true;
  byId("sign-in").hidden = false;
  document.title = "notificationd console";
  byId("api-key-error").textContent = message;
  signInForm.elements.key.focus();
}

function showConsole() {
  byId("api-key-error").textContent = "";
  byId("sign-in").hidden = true;
  byId("console").hidden = false;
  const sandbox = /** @type {HTMLAnchorElement} */ (byId("sandbox"));
  sandbox.hidden = sandboxAddress() === "";
  sandbox.href = sandboxAddress();
  showUser(recall("user"));
}

function signOut() {
  forget();
  location.reload(); // nothing of what was shown stays behind
}

/** @param {import("./api.js").Problem} problem */
function onUnknownKey(problem) {
  forget();
  showSignIn(problem.message);
}

/** @param {string} user empty if none has been chosen */
function showUser(user) {
  showing.abort();
  showing = new AbortController();
  remember("user", user);
  userForm.elements.user.value = user;
  byId("no-user").hidden = user !== "";
  byId("workspace").hidden = user === "";
  if (user === "") {
    userForm.elements.user.focus();
    return;
  }
  document.title = `${user} · notificationd`;
  byId("user-shown").textContent = user;
  const api = new Api(BASE, recall("key"), onUnknownKey);
  runWorkspace({ api, user, signal: showing.signal });
}

async function signIn() {
  const field = signInForm.elements.key;
  const key = field.value.trim();
  if (!API_KEY.test(key)) {
    showSignIn(key ? "This is not an API key." : "Enter an API key.");
    return;
  }
  try {
    await new Api(BASE, key).check(new AbortController().signal);
  } catch (problem) {
    showSignIn(problem.message);
    return;
  }
  field.value = "";
  remember("key", key);
  showConsole();
}

function start() {
  takeFragment();
  if (recall("key")) {
    showConsole();
  } else {
    showSignIn();
  }
}

signInForm.addEventListener("submit", (event) => {
  event.preventDefault();
  whileBusy(signInForm.querySelector("[type=submit]"), signIn);
});
userForm.addEventListener("submit", (event) => {
  event.preventDefault();
  showUser(userForm.elements.user.value.trim());
});
byId("sign-out").addEventListener("click", signOut);
// A link of ours opened in this tab changes the fragment only, and loads nothing.
addEventListener("hashchange", () => takeFragment() && start());

start();
