/** The API's words as people read them. One that is not known here is shown as it came. */

import { element } from "../element/dom.js";

/** @typedef {Record<string, string>} Words */

/** @type {Words} */
const CHANNELS = { "in-app": "In-app", email: "Email", sms: "SMS" };
/** @type {Words} */
const PROVIDERS = { mailgun: "Mailgun", ses: "Amazon SES", twilio: "Twilio", sns: "Amazon SNS" };
/** @type {Words} */
const OUTCOMES = {
  accepted: "accepted it",
  permanent: "refused it for good",
  retryable: "could not take it",
  unknown: "may or may not have taken it",
  misconfigured: "refused our credentials or sender",
};
/** @type {Words} */
const REASONS = {
  refused: "The provider refused this message or address",
  retries_exhausted: "No try succeeded, and there are none left",
  outcome_unknown: "Nobody knows whether it was sent, and it must not be sent twice",
  misconfigured: "No provider accepts our credentials or sender",
  lost: "No message stands for it any more",
};
/** Why a dead letter lies there, or was left there: the reasons above, and some more. @type {Words} */
const LETTER_REASONS = {
  retries_exhausted: "Retries exhausted",
  refused: "Refused",
  outcome_unknown: "Outcome unknown",
  misconfigured: "Misconfigured",
  lost: "Lost",
  unmarked: "Unmarked",
  malformed: "Malformed",
  already_sent: "Already sent",
  already_expired: "Already expired",
  not_found: "Not found",
  unavailable: "Not available now",
};
/** @type {Words} */
const TONES = {
  sent: "good",
  accepted: "good",
  scheduled: "soon",
  pending: "wait",
  retryable: "wait",
  unknown: "wait",
  failed: "bad",
  permanent: "bad",
  misconfigured: "bad",
};

/** Reasons by which dead letters can be picked. */
export const REASONS_TO_PICK = ["retries_exhausted", "misconfigured", "unmarked", "malformed"];

/** @param {string} text the API's own, which may go on from a field's name: "must not be empty" */
export const capitalised = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @param {string} provider */
export const providerLabel = (provider) => PROVIDERS[provider] ?? provider;

/** @param {string} channel */
export const channelLabel = (channel) => CHANNELS[channel] ?? channel;

/** @param {string} outcome what a provider did */
export const outcomeLabel = (outcome) => OUTCOMES[outcome] ?? outcome;

/** @param {string} reason why a notification failed */
export const reasonLabel = (reason) => REASONS[reason] ?? capitalised(reason);

/** @param {string} reason why a dead letter is there */
export const letterReasonLabel = (reason) =>
  LETTER_REASONS[reason] ?? capitalised(reason.replaceAll("_", " "));

/** @param {string} word a status or an outcome */
export const toneOf = (word) => TONES[word] ?? "plain";

/** @param {string} status */
export function statusBadge(status) {
  return element("span", { class: "badge", "data-tone": toneOf(status) }, capitalised(status));
}

/** @param {string} channel */
export function channelBadge(channel) {
  return element("span", { class: "channel", "data-channel": channel }, channelLabel(channel));
}
