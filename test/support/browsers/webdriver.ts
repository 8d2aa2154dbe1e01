// As much of the W3C WebDriver protocol as one browser with one window needs.

export class WebDriverError extends Error {
  /** "unexpected alert open", "no such alert", … */
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

export class WebDriverSession {
  readonly capabilities: Record<string, unknown>;
  readonly #url: string;
  /** WebKit's driver loses commands that overlap. */
  #last: Promise<unknown> = Promise.resolve();

  static async start(driver: string, capabilities: object): Promise<WebDriverSession> {
    const value = await request("POST", `${driver}/session`, { capabilities: { alwaysMatch: capabilities } });
    const session = value as { sessionId: string; capabilities: Record<string, unknown> };
    return new WebDriverSession(`${driver}/session/${session.sessionId}`, session.capabilities);
  }

  private constructor(url: string, capabilities: Record<string, unknown>) {
    this.#url = url;
    this.capabilities = capabilities;
  }

  get<T>(path: string): Promise<T> {
    return this.#inTurn("GET", path);
  }

  post<T>(path: string, body: object = {}): Promise<T> {
    return this.#inTurn("POST", path, body);
  }

  async end(): Promise<void> {
    await request("DELETE", this.#url);
  }

  #inTurn<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = this.#last.then(() => request(method, `${this.#url}/${path}`, body));
    this.#last = answer.catch(() => {});
    return answer as Promise<T>;
  }
}

async function request(method: string, url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, {
    method,
    body: body ? JSON.stringify(body) : null,
    // A driver that has lost its browser never answers.
    signal: AbortSignal.timeout(60_000),
  });
  const { value } = (await response.json()) as { value: { error?: string; message?: string } | null };
  if (!response.ok) throw new WebDriverError(value?.error ?? "unknown error", value?.message ?? "");
  return value;
}
