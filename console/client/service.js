/** What the service tells of itself in the file that it serves. */

/** Where the WebSocket API is; functions behind the API fill it in (console/app.py). */
export const WEBSOCKET_URL = "";
