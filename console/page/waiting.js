/** Which notifications are to change by themselves, so that it is worth looking again. */

/** What is due later is looked up when somebody asks: a page may stay open for weeks. */
const SOON_MS = 60 * 60_000;

/**
 * @param {{status: string, send_at?: string}} notification
 * @returns {boolean} whether its status may change within the hour without anybody's doing
 */
export function isOpen({ status, send_at: due }) {
  const isDueSoon = Date.parse(due ?? "") - Date.now() < SOON_MS;
  return status === "pending" || (status === "scheduled" && isDueSoon);
}

/** @param {{status: string}} notification @returns {boolean} whether it may still be taken back */
export function isCancellable({ status }) {
  return status === "pending" || status === "scheduled";
}
