import { each } from "./each.ts";
import type { Changes, Dialog } from "./frames";
import { endConversation, endDialog, invite } from "./invitation.ts";

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

/** A dialog that has ended may come without `state`, and does not say INVITED any more. */
function readDialog(dialog: Dialog, convId: string): void {
  const { sessionState } = dialog.metaData;
  if (sessionState == "INVITED" && dialog.state != "CLOSE") invite(dialog, convId);
  else endDialog(dialog.dialogId, convId, sessionState == "ACCEPTED");
}
