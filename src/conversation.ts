import { endConversation, endDialog, invite } from "./invitation.ts";

/** A COBROWSE dialog as a frame shows it; any field may be missing. */
export interface Dialog {
  dialogId: string;
  channelType: string;
  /** OPEN or CLOSE. */
  state: string;
  participants: OneOrMore<string>;
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

/** LivePerson may send a list of one as the element itself. */
type OneOrMore<Item> = Item | Item[];

/** What a notification says of conversations; any field may be missing. */
export type Changes = OneOrMore<{
  /** UPSERT or DELETE. */
  type: string;
  result: { convId: string; conversationDetails: { state: string; dialogs: OneOrMore<Dialog> } };
}>;

/** Visits each item of a list. One of the wrong shape is passed over, and nothing else is lost by it. */
function each<Item>(list: OneOrMore<Item>, visit: (item: Item) => void): void {
  ([] as Item[]).concat(list).map((item) => {
    try {
      visit(item);
    } catch (error) {}
  });
}

/**
 * Takes in the changes of a notification. It is known by having them, not by its type: LivePerson's own example prints the
 * prefix `aam.` instead of `cqm.`, and nothing else that is sent without being asked for looks like this.
 */
export function readChanges(changes: Changes): void {
  each(changes, ({ type, result: { convId, conversationDetails } }) => {
    if (type == "DELETE" || conversationDetails.state == "CLOSE") endConversation(convId);
    else
      each(conversationDetails.dialogs, (dialog) => {
        if (dialog.channelType == "COBROWSE") readDialog(dialog, convId);
      });
  });
}

/** A dialog that has ended may come without `state` or without `metaData`, and does not say INVITED any more. */
function readDialog(dialog: Dialog, convId: string): void {
  const { sessionState } = dialog.metaData || {};
  if (sessionState == "INVITED" && dialog.state != "CLOSE") invite(dialog, convId);
  else endDialog(dialog.dialogId, sessionState == "ACCEPTED");
}
