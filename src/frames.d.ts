/** What LivePerson sends, as far as it matters here. Any field may be missing, whatever these types say. */

/** What LivePerson sends: the answer to a request, or a notification. */
export interface Frame {
  reqId: string | number;
  code: number;
  body: { currentTime: number; changes: Changes };
}

/** LivePerson may send a list of one as the element itself. */
export type OneOrMore<Item> = Item | Item[];

/** What a notification says of conversations. */
export type Changes = OneOrMore<{
  /** UPSERT or DELETE. */
  type: string;
  result: { convId: string; conversationDetails: { state: string; dialogs: OneOrMore<Dialog> } };
}>;

export interface Participant {
  id: string;
  /** CONSUMER or ASSIGNED_AGENT. */
  role: string;
}

/** A COBROWSE dialog as a frame shows it. */
export interface Dialog {
  dialogId: string;
  channelType: string;
  /** OPEN or CLOSE. */
  state: string;
  participants: OneOrMore<string>;
  /** In place of `participants`. */
  participantsDetails: OneOrMore<Participant>;
  /** Milliseconds. */
  creationTs: number;
  metaData: {
    /** INVITED, ACCEPTED or CLOSED. */
    sessionState: string;
    serviceId: string;
    mode: string;
    /** Seconds. */
    expires: number;
  };
}
