import type { CobrowseInvitation } from "./api";
import { config, lookUp } from "./config.ts";
import { each } from "./each.ts";
import type { OneOrMore, Participant } from "./frames";

/**
 * Adds the agent to what is published: the one who is not the consumer.
 *
 * @param serviceId the consumer's id, "#", and the conversation's
 */
export function addAgent(
  detail: CobrowseInvitation,
  serviceId: string,
  participants: OneOrMore<string | Participant>,
): void {
  each(participants, (participant) => {
    const id = (participant as Participant).id || participant;
    if (serviceId.indexOf(id + "#")) detail.agentId = id as string;
  });
}

/** Adds what the site has configured, as it is now. Where that is nothing, what was there stays. */
export function addConfigured(detail: CobrowseInvitation): void {
  const keys = "visitorName ssid svid scid cid eid".split(" ") as ("visitorName" | "ssid" | "svid" | "scid" | "cid")[];
  each(keys, (key) => {
    detail[key] = lookUp(config[key]) || detail[key];
  });
}
