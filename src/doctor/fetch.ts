// In the place of the browser's own while the snippet's code runs in the doctor: the same, and watched.
import { AGAIN, NETWORK, PATIENCE, SECONDS, VIOLATION, later } from "./patience.ts";
import { sayForbidden } from "./policy.ts";
import { ok, wrong } from "./say.ts";

/** LivePerson's domain service is asked. */
export async function fetch(url: string): Promise<Response> {
  const answered = later(
    () => wrong("server", "LivePerson's domain service has not answered in " + SECONDS + ": " + url, NETWORK),
    PATIENCE,
  );
  try {
    const response = await window.fetch(url);
    await describeDomain(url, response.clone());
    return response;
  } catch (error) {
    later(() => {
      if (!sayForbidden(url))
        wrong("server", "LivePerson's domain service cannot be reached: " + url, NETWORK + " " + AGAIN);
    }, VIOLATION);
    throw error;
  } finally {
    answered();
  }
}

async function describeDomain(url: string, response: Response): Promise<void> {
  const answer = await response.json().catch(() => undefined);
  const asked = "LivePerson's domain service answers " + response.status + " to " + url;
  if (answer && answer.baseURI) ok("server", answer.baseURI + ", as LivePerson's domain service says.");
  else if (/40[134]/.test(response.status as unknown as string))
    wrong("server", asked, "It does not know this account: look at account, or at window.lpTag.site.");
  else wrong("server", asked + ", without a server's name", "That is LivePerson's side: wait. " + AGAIN);
}
