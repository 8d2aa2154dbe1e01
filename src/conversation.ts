/** A COBROWSE dialog as a frame shows it; any field may be missing. */
export interface Dialog {
  dialogId: string;
  channelType: string;
  state?: string;
  participants?: string | string[];
  creationTs?: number;
  metaData?: { sessionState?: string; serviceId?: string; mode?: string; expires?: number };
}

/**
 * Visits each item of a list; LivePerson may send a list of one as the element itself. An item of the wrong shape is
 * passed over, and nothing else is lost by it.
 */
function each(list: any, visit: (item: any) => void): void {
  [].concat(list).map((item) => {
    try {
      visit(item);
    } catch (error) {}
  });
}

/** Reads a frame: visits each conversation that has ended, and the COBROWSE dialogs of the others. */
export function readFrame(
  frame: any,
  visitEnded: (convId: string) => void,
  visitDialog: (dialog: Dialog, convId: string) => void,
): void {
  // By its shape, not its type: LivePerson's own example prints the prefix `aam.` instead of `cqm.`, and nothing else that
  // is sent without being asked for looks like this.
  each(frame.body.changes, (change) => {
    const { convId, conversationDetails } = change.result;
    if (change.type == "DELETE" || conversationDetails.state == "CLOSE") visitEnded(convId);
    else
      each(conversationDetails.dialogs, (dialog) => {
        if (dialog.channelType == "COBROWSE") visitDialog(dialog, convId);
      });
  });
}
