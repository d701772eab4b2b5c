/* Asking the server. */

/** What the server, or the way to it, says against a request. */
export class Refusal extends Error {
  constructor(what, hint, status) {
    super(what);
    this.hint = hint ?? "";
    this.status = status ?? 0;
  }
}

const refused = async (response) => {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text);
    return new Refusal(String(error.what), String(error.hint ?? ""), response.status);
  } catch {
    if (response.status === 403) {
      return new Refusal("This page is not let in", "open the address that audit serve printed", 403);
    }
    return new Refusal(text.slice(0, 300).trim() || `The server answered ${response.status}`, "", response.status);
  }
};

const ask = async (address, options) => {
  let response;
  try {
    response = await fetch(address, { credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal("The server does not answer", "is audit serve still running?");
  }
  if (!response.ok) throw await refused(response);
  return response.json();
};

export const isAbort = (error) => error?.name === "AbortError";

/** @param query URLSearchParams, or undefined */
export const get = (path, query, signal) => {
  const text = query ? query.toString() : "";
  return ask(text === "" ? path : `${path}?${text}`, { signal });
};

export const post = (path, body) => ask(path, {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
});

export const picture = (id, kind) => `/picture/${Number(id)}?kind=${kind}`;
