// What a messaging window of the site's own asks for besides what the snippet does: conversations that the consumer starts or
// closes, and their messages.
import type { Conversation } from "./conversations.ts";
import { answer, asList, isObject, STRING_RESPONSE, type Frame, type Request } from "./frames.ts";
import type { LivePerson } from "./liveperson.ts";
import type { ConsumerSocket } from "./socket.ts";

/** Something that was published to a dialog, a message for example, as it is passed on. */
export interface MessagingEvent {
  sequence: number;
  originatorId: string;
  originatorMetadata: { id: string; role: string };
  serverTimestamp: number;
  event: object;
  conversationId: string;
  dialogId: string;
}

interface Reply {
  frame: Frame;
  /** Done right after the frame was sent. */
  sent?: () => void;
}

export class Messaging {
  #livePerson: LivePerson;
  /** By conversation, whose main dialog has the same id. */
  #published = new Map<string, MessagingEvent[]>();

  constructor(livePerson: LivePerson) {
    this.#livePerson = livePerson;
  }

  reply({ id, type, body }: Request, socket: ConsumerSocket): Reply {
    const ok = (responseType: string, responseBody: unknown, sent?: () => void): Reply => ({
      frame: answer(id, 200, responseType, responseBody),
      ...(sent && { sent }),
    });
    const reject = (sentence: string): Reply => ({ frame: answer(id, 400, STRING_RESPONSE, sentence) });
    const consumerId = socket.consumerId!;

    if (type === "cm.ConsumerRequestConversation") {
      const { convId } = this.#livePerson.openConversation(consumerId);
      return ok("cm.RequestConversationResponse", { conversationId: convId });
    }

    const { conversationId, dialogId, conversationField, event, fromSeq = 0 } = isObject(body) ? body : ({} as Record<string, unknown>);
    const conversation = this.#livePerson.conversationsOf(consumerId).find(({ convId }) => convId === (conversationId ?? dialogId));
    const { convId = "" } = conversation ?? {};
    switch (type) {
      case "cm.UpdateConversationField":
        if (!conversation) break;
        // Of all that can be changed only this makes a difference to others.
        if (asList(conversationField).some((field) => isObject(field) && field.conversationState === "CLOSE")) conversation.end();
        return ok(STRING_RESPONSE, "OK");
      case "ms.SubscribeMessagingEvents":
        if (!conversation) break;
        return ok("GenericSubscribeResponse", {}, () => {
          socket.messagesOf.add(convId);
          const published = this.#published.get(convId) ?? [];
          socket.notifyMessages(
            convId,
            published.filter(({ sequence }) => sequence >= Number(fromSeq)),
          );
        });
      case "ms.PublishEvent": {
        if (conversation?.state !== "OPEN") break;
        if (!isObject(event)) return reject("There is no event to publish.");
        const change = this.#publish(conversation, event);
        const passOn = () => this.#livePerson.sockets.forEach((each) => each.consumerId === consumerId && each.notifyMessages(convId, [change]));
        return ok("ms.PublishEventResponse", { sequence: change.sequence }, passOn);
      }
      default:
        return reject(`Unknown request type ${JSON.stringify(type)}.`);
    }
    return reject("There is no such conversation.");
  }

  #publish({ consumerId, convId }: Conversation, event: object): MessagingEvent {
    const published = this.#published.get(convId) ?? [];
    this.#published.set(convId, published);
    const change = {
      sequence: published.length,
      originatorId: consumerId,
      originatorMetadata: { id: consumerId, role: "CONSUMER" },
      serverTimestamp: Math.round(this.#livePerson.now()),
      event,
      conversationId: convId,
      dialogId: convId,
    };
    published.push(change);
    return change;
  }
}
