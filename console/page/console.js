/** The console: who is signed in, and what is looked at. */

import { asProblem } from "../client/problem.js";
import { Api } from "./api.js";
import { LettersView } from "./letters.js";
import { byId, field, formById, whileBusy } from "./page.js";
import { runSandboxView } from "./sandbox.js";
import { forget, recall, remember, sandboxAddress, takeFragment } from "./session.js";
import { startClock } from "./times.js";
import { runUserView } from "./user_view.js";

/** The API's root: this file is at console/console.js below it, wherever the API lives. */
const BASE = new URL("../", import.meta.url);
/** What can stand in a header at all; whether it is a key, the service knows. */
const API_KEY = /^[\x21-\x7e]+$/;
const VIEWS = ["users", "dead-letters", "sandbox"];
const TITLES = /** @type {Record<string, string>} */ ({
  "dead-letters": "Dead letters",
  sandbox: "Sandbox",
});

const signInForm = formById("sign-in-form");
const userForm = formById("user-form");

/** Ends everything that runs for the view that is shown. */
let showing = new AbortController();

function showSignIn(message = "") {
  showing.abort();
  byId("console").hidden = true;
  byId("sign-in").hidden = false;
  document.title = "notificationd console";
  byId("key-error").textContent = message;
  field(signInForm, "key").focus();
}

function showConsole() {
  byId("key-error").textContent = "";
  byId("sign-in").hidden = true;
  byId("console").hidden = false;
  const tab = document.querySelector('[data-view="sandbox"]');
  /** @type {HTMLElement} */ (tab).hidden = sandboxAddress() === "";
  showView();
}

/** Show what the address names: `#dead-letters`, say. */
function showView() {
  showing.abort();
  showing = new AbortController();
  const { signal } = showing;
  const wanted = location.hash.slice(1);
  const isThere = VIEWS.includes(wanted) && (wanted !== "sandbox" || sandboxAddress() !== "");
  const view = isThere ? wanted : "users";
  for (const name of VIEWS) {
    byId(name).hidden = name !== view;
    const tab = /** @type {Element} */ (document.querySelector(`[data-view="${name}"]`));
    tab.ariaCurrent = name === view ? "page" : null;
  }
  document.title = `${TITLES[view] ?? "Users"} · notificationd`;
  const api = new Api(BASE, recall("key"), onUnknownKey);
  if (view === "dead-letters") {
    new LettersView({ api, signal }).load();
  } else if (view === "sandbox") {
    runSandboxView(signal);
  } else {
    showUser(api, recall("user"), signal);
  }
}

/**
 * @param {Api} api
 * @param {string} user empty if none has been chosen
 * @param {AbortSignal} signal
 */
function showUser(api, user, signal) {
  field(userForm, "user").value = user;
  byId("workspace").hidden = user === "";
  if (user === "") {
    field(userForm, "user").focus();
    return;
  }
  const name = document.createElement("bdi");
  name.textContent = user;
  byId("users-title").replaceChildren("User ", name);
  document.title = `${user} · notificationd`;
  runUserView({ api, user, signal });
}

function signOut() {
  forget();
  location.replace(location.pathname + location.search); // nothing of what was shown stays behind
  location.reload();
}

/** @param {import("../client/problem.js").Problem} problem */
function onUnknownKey(problem) {
  forget();
  showSignIn(problem.message);
}

async function signIn() {
  const input = field(signInForm, "key");
  const key = input.value.trim();
  if (!API_KEY.test(key)) {
    showSignIn(key ? "This is not an API key." : "Enter an API key.");
    return;
  }
  try {
    await new Api(BASE, key).check();
  } catch (error) {
    showSignIn(asProblem(error).message);
    return;
  }
  input.value = "";
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
  whileBusy(/** @type {HTMLElement} */ (signInForm.querySelector("[type=submit]")), signIn);
});
userForm.addEventListener("submit", (event) => {
  event.preventDefault();
  remember("user", field(userForm, "user").value);
  showView();
});
byId("sign-out").addEventListener("click", signOut);
addEventListener("hashchange", () => {
  const place = location.hash.slice(1);
  // Another view; or a link of ours that signs in, opened in this tab: it loads nothing.
  if (takeFragment() || place === "" || VIEWS.includes(place)) {
    start();
  }
});

startClock();
start();
