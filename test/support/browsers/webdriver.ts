// As much of the W3C WebDriver protocol as one browser with one window needs.

export class WebDriverError extends Error {
  /** @param code "unexpected alert open", "no such alert", … */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(`${code}: ${message}`);
  }
}

export class WebDriverSession {
  /** WebKit's driver loses commands that overlap. */
  #last: Promise<unknown> = Promise.resolve();

  static async start(driver: string, capabilities: object): Promise<WebDriverSession> {
    const { sessionId } = await request<{ sessionId: string }>("POST", `${driver}/session`, { capabilities: { alwaysMatch: capabilities } });
    return new WebDriverSession(`${driver}/session/${sessionId}`);
  }

  private constructor(private readonly url: string) {}

  get<T>(path: string): Promise<T> {
    return this.#inTurn("GET", path);
  }

  post<T>(path: string, body: object = {}): Promise<T> {
    return this.#inTurn("POST", path, body);
  }

  #inTurn<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = this.#last.then(() => request<T>(method, `${this.url}/${path}`, body));
    this.#last = answer.catch(() => {});
    return answer;
  }
}

async function request<T>(method: string, url: string, body?: object): Promise<T> {
  // A driver that has lost its browser never answers.
  const response = await fetch(url, { method, body: body ? JSON.stringify(body) : null, signal: AbortSignal.timeout(60_000) });
  const { value } = (await response.json()) as { value: T & { error: string; message: string } };
  if (!response.ok) throw new WebDriverError(value.error, value.message);
  return value;
}
