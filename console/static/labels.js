/** The API's words as people read them. One that is not known here is shown as it came. */

import { element } from "./dom.js";

const CHANNELS = { "in-app": "In-app", email: "Email", sms: "SMS" };
const PROVIDERS = { mailgun: "Mailgun", ses: "Amazon SES", twilio: "Twilio", sns: "Amazon SNS" };
const OUTCOMES = {
  accepted: "accepted it",
  permanent: "refused it for good",
  retryable: "could not take it",
  unknown: "may or may not have taken it",
  misconfigured: "refused our credentials or sender",
};
const REASONS = {
  refused: "the provider refused this message or address",
  retries_exhausted: "no try succeeded, and there are none left",
  outcome_unknown: "nobody knows whether it was sent, and it must not be sent twice",
  misconfigured: "no provider accepts our credentials or sender",
};
const TONES = {
  sent: "good",
  accepted: "good",
  pending: "wait",
  retryable: "wait",
  unknown: "wait",
  failed: "bad",
  permanent: "bad",
  misconfigured: "bad",
};

/** @param {string} text the API's own, which may go on from a field's name: "must not be empty" */
export const capitalised = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** @param {string} provider */
export const providerLabel = (provider) => PROVIDERS[provider] ?? provider;

/** @param {string} channel */
export const channelLabel = (channel) => CHANNELS[channel] ?? channel;

/** @param {string} outcome what a provider did */
export const outcomeLabel = (outcome) => OUTCOMES[outcome] ?? outcome;

/** @param {string} reason why a notification failed */
export const reasonLabel = (reason) => REASONS[reason] ?? reason;

/** @param {string} word a status or an outcome */
export const toneOf = (word) => TONES[word] ?? "plain";

/** @param {string} status */
export function statusBadge(status) {
  const badge = element("span", { className: "badge" }, capitalised(status));
  badge.dataset.tone = toneOf(status);
  return badge;
}
