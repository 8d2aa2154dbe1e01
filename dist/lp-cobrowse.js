// lp-cobrowse 1.1.0, before it is minified.
(() => {
  // src/config.ts
  /** The element, the attribute that carries the config, and what each line in the console begins with. */
  var NAME = "lp-cobrowse";
  /** What `data-lp-cobrowse` is called by `dataset`, and the published object by `window`. */
  var API = "lpCobrowse";
  /** Said in the console, and by the demo's configurator, when there is no usable config. */
  var CONFIG_SENTENCE = "data-" + NAME + " needs JSON with jwt";
  /** Where the page has LivePerson's tag. */
  var TAG = "window.lpTag.";
  /** It appears when LivePerson's tag has replaced its stub. */
  var PUBLISH = TAG + "events.publish";
  var MONITORING = TAG + "taglets.lp_monitoringSDK.get";
  /** What the site has configured, and the defaults that are looked up as well. */
  var config = {
    account: TAG + "site",
    ssid: MONITORING + "Sid",
    svid: MONITORING + "Vid"
  };
  /** The snippet that the page around has already; a page in no frame is its own parent. */
  var otherCopy;
  /** Takes the config from the page: from the snippet's own script, else from the first element that has it. */
  function readConfig() {
    // A script that a tag manager created anew is currentScript too, but has lost its data-* attributes.
    const script = document.currentScript;
    try {
      Object.assign(
        config,
        JSON.parse(
          script && script.dataset[API] || document.querySelector("[data-" + NAME + "]").dataset[API]
        )
      );
      otherCopy = parent[API];
    } catch (error) {
      // What is not JSON, or nowhere, leaves the config without jwt. A parent of another origin may not be asked.
    }
  }
  /**
   * The present value of what is configured: follows a `window.` path to a global and, where it leads to a function, calls
   * that with its owner as `this`. What throws on the way, such as blocked storage, counts as not there.
   *
   * @param values what such a function is given
   */
  function lookUp(value, values) {
    let owner;
    let found = window;
    try {
      if (!/^window\./.test(value)) return value;
      // The path starts at window, which is its own property `window`.
      value.split(".").map((name) => {
        owner = found;
        found = found[name];
      });
      return found.apply ? found.apply(owner, values) : found;
    } catch (error) {
      return void 0;
    }
  }

  // src/backoff.ts
  var SHORTEST_WAIT = 1e3;
  /** 1 s doubled seven times is about 2 min. */
  var DOUBLINGS = 7;
  /**
   * Milliseconds before the next try, after so many failed ones before this: at random up to a limit that doubles with each ("full
   * jitter", so that a crowd that lost the server at once does not come back at once).
   *
   * @param random from 0 to 1
   */
  function backoff(failures2, random) {
    return SHORTEST_WAIT + random * (SHORTEST_WAIT << failures2);
  }

  // src/clock.ts
  /** An answer has to get there in time; and what ends now has expired, also if the server's CLOSED comes a little early. */
  var MARGIN = 500;
  /**
   * The server's clock minus `Date.now()`, plus the margin; before GetClock is answered nothing has expired. The visitor can set that clock, and the
   * next answer sets it right; but it goes on while the computer sleeps, as `performance.now()` does not.
   */
  var ahead = -Infinity;
  /** An answer without the time leaves it as it was. */
  function learnServerTime(currentTime) {
    ahead = currentTime - Date.now() + MARGIN || ahead;
  }
  /** The server's time in milliseconds, ahead by the margin. */
  function serverTime() {
    return Date.now() + ahead;
  }

  // src/each.ts
  /** Visits each item of a list. One that lacks something throws there, is passed over, and nothing else is lost by it. */
  function each(list, visit) {
    [].concat(list).map((item) => {
      try {
        visit(item);
      } catch (error) {
      }
    });
  }

  // src/detail.ts
  /**
   * Adds the agent to what is published: the one who is not the consumer.
   *
   * @param serviceId the consumer's id, "#", and the conversation's
   */
  function addAgent(detail, serviceId, participants) {
    each(participants, (participant) => {
      const id = participant.id || participant;
      if (serviceId.indexOf(id + "#")) detail.agentId = id;
    });
  }
  /** Adds what the site has configured, as it is now. Where that is nothing, what was there stays. */
  function addConfigured(detail) {
    const keys = "visitorName ssid svid scid cid eid".split(" ");
    each(keys, (key) => {
      detail[key] = lookUp(config[key]) || detail[key];
    });
  }

  // src/page.ts
  /**
   * Tells the page: an event on `window`, and the same pushed to `dataLayer` if the page has one.
   *
   * @param event its name without `cobrowse`
   * @param publishing whether LivePerson's tag is told first
   * @returns false if a listener called `preventDefault()`
   */
  function tell(event, detail, publishing) {
    event = "cobrowse" + event;
    // The page need have neither; and both may throw, for Google Tag Manager runs the site's tags inside push().
    if (publishing) lookUp(PUBLISH, ["lpCoBrowse", event, detail]);
    lookUp("window.dataLayer.push", [{ event, cobrowse: { mode: detail.mode, reason: detail.reason } }]);
    return dispatchEvent(new CustomEvent(event, { detail, cancelable: true }));
  }
  /** Reports what the site has to fix, in the console and as `cobrowseError`. */
  function report(reason) {
    console.warn("[" + NAME + "] " + reason);
    tell("Error", { reason });
  }

  // src/words.ts
  var START = "Our agent can see";
  var END = " this page until you stop.";
  var english = {
    decline: "Decline",
    title: "Share this page?",
    accept: "Allow",
    shared: START + " and use" + END,
    view: START + " and scroll" + END,
    follow: START + END
  };
  /** A word of the prompt by its key, or the sentence of a mode: from the site, or else in English; there may be none. */
  function word(key) {
    return lookUp((lookUp(config.text) || english)[key]) || english[key];
  }

  // src/parts.ts
  // As properties of the elements, since a strict policy allows them, and the page's rules for ::part() win over them. A dialog's
  // own style in every engine is Canvas and CanvasText, centred, scrolling, and never higher than the window.
  var FRAME = "font:1em system-ui;border:1px solid#888;border-radius:8px;";
  // The shadow is the backdrop: it is the dialog's own, and no rule for ::backdrop takes it away.
  var DIALOG = "color-scheme:light dark;width:min(26em,76vw);outline:0;word-break:break-word;user-select:none;box-shadow:0 0 0 99in#0006";
  // Side by side, and equally large, where both have 8em; else one above the other.
  var BUTTONS = "display:flex;flex-wrap:wrap;gap:8px";
  var BUTTON = FRAME + "padding:.8em;flex:8em;background:";
  /**
   * Adds an element that reads in its own direction.
   *
   * @param part its name for the page's `::part()` rules, and that of its text if there is such a word; empty for none
   */
  function add(parent2, tag, part, style) {
    const element = document.createElement(tag);
    element.part = part;
    element.style = style;
    element.dir = "auto";
    element.textContent = word(part);
    parent2.append(element);
    return element;
  }

  // src/prompt.ts
  /** How long after its first frame the dialog takes no answer, so that a press or key meant for the page gives no consent. */
  var ARMING = 500;
  /**
   * Chromium delivers frames that came while confirm() was open only afterwards: nearly all within 20 ms, all but huge ones
   * within 100 ms. One of them may say that the invitation has ended; or the clock says so, at the next tick (250 ms).
   */
  var SETTLE = 300;
  /** What the visitor is asked about: by confirm() once, until hidePrompt(). */
  var asked;
  /** Until the dialog takes answers, or confirm()'s answer is passed on. */
  var timer;
  var host;
  var dialog;
  /** Asks the visitor, or goes on asking: called again and again while the invitation is pending. */
  function showPrompt(invitation) {
    if (lookUp(config.prompt) != "confirm") {
      // Closed by Escape too early, or hidden, removed, moved by the page: shown anew.
      if (!dialog || !dialog.offsetHeight || !dialog.matches(":modal")) openDialog(invitation);
    } else if (asked != invitation) {
      // Firefox runs timers and delivers frames during confirm(): this may be called again while it is open.
      asked = invitation;
      const answer = confirm(word("title") + " " + word(invitation.mode));
      // A page may have a confirm() of its own. What it returns, a promise perhaps, is no answer unless it is true or false.
      if (answer === !!answer) timer = setTimeout(answer ? invitation.accept : invitation.decline, SETTLE);
    }
  }
  function openDialog(invitation) {
    hidePrompt();
    asked = invitation;
    host = add(document.documentElement, NAME, "", "all:initial!important");
    dialog = add(host.attachShadow({ mode: "open" }), "dialog", "dialog", FRAME + DIALOG);
    dialog.role = "alertdialog";
    dialog.ariaLabel = word("title");
    add(dialog, "h2", "title", "margin:0");
    dialog.ariaDescription = add(dialog, "p", "message").textContent = word(invitation.mode);
    const buttons = add(dialog, "div", "", BUTTONS);
    buttons.inert = true;
    add(buttons, "button", "decline", BUTTON + "0");
    add(buttons, "button", "accept", BUTTON + "#05c;color:#fff");
    // Of every event that a document knows. (What its other properties are called is never fired; what is added again, not added.)
    for (const name in document) addEventListener(name.slice(2), shield, true);
    // The focus goes to the dialog itself, for the buttons are inert: someone who is typing presses nothing.
    dialog.showModal();
    // A timer alone would run out while the page is too busy to paint.
    requestAnimationFrame(() => {
      timer = setTimeout(() => {
        buttons.inert = false;
        // Escape closes a dialog whatever a cancel listener does.
        dialog.onclose = invitation.decline;
      }, ARMING);
    });
  }
  /**
   * Before any listener of the page, for it is the first on the way down: what the visitor does in the prompt is nobody else's. A focus
   * trap would take it for a press outside, and swallow it.
   */
  function shield(event) {
    const { type } = event;
    if (event.target == host) {
      event.stopPropagation();
      if (type == "click") {
        // A list of parts is its text where a name is wanted, and only a button's is the name of an answer.
        const answer = asked[event.composedPath()[0].part];
        if (answer) answer();
      }
      // A popover or a modal of the page opens, or an element becomes fullscreen, and would lie over it: at the next tick it is on top again.
    } else if (/open|full/.test(event.newState + type)) hidePrompt();
  }
  /** Takes the question back: what the browser answers by itself from here on, because its tab is hidden, is not the visitor's answer. */
  function hidePrompt() {
    if (dialog) {
      dialog.onclose = null;
      // Gives the focus back to where it was, which removing does not. (Some libraries replace remove().)
      dialog.close();
      host.replaceWith();
    }
    // While confirm() is open no timer is set: what Firefox leaves open behind another tab is not asked twice.
    if (timer) {
      clearTimeout(timer);
      timer = asked = false;
    }
  }

  // src/invitation.ts
  var TICK = 250;
  /** So many ticks, 10 s, may the tag be missing before the site is told. */
  var PATIENCE = 40;
  /** Where `expires` is missing, from `creationTs` on. */
  var LIFETIME = 12e4;
  /** The one pending invitation, as it is published. The variables down to `asking` are about it, or about the one that was last. */
  var pending;
  var dialogId;
  /** `dialogId` with the end time: what tells an invitation from its copies and from the next one of the same dialog. */
  var identity;
  /** By the server's clock, in milliseconds. */
  var endTime;
  /** The conversation in which the present connection has shown an invitation; none until it has. */
  var conversationId;
  var offered;
  /** Whether the built-in prompt asks. Until the invitation is offered nobody does; if a listener prevents that, the page does. */
  var asking;
  /** What has become of each identity, as bits: published (it may come again, but is not published again); over for good. */
  var fate = {};
  var OFFERED = 1;
  var ENDED = 2;
  /** Whether the present connection has told all that there was before it, and its clock. What it tells from then on happens now. */
  var live;
  /** In which it waited for the tag. */
  var ticks;
  var ticker;
  /** The server shows an invitation as pending. Of what was there before the connection was live, the one that ends last is asked about. */
  function invite(dialog2, convId) {
    const id = dialog2.dialogId;
    const { serviceId, mode, expires } = dialog2.metaData;
    const created = dialog2.creationTs;
    const endsAt = expires * 1e3 || created + LIFETIME;
    const key = id + endsAt;
    // The clock that has written its times may be wrong. What comes live was written just now, and shows how wrong.
    const end = endsAt - (live && created - serverTime() + MARGIN || 0);
    if (pending && key == identity) conversationId = convId;
    else if (fate[key] > OFFERED || end < serverTime() || !live && pending && conversationId && end < endTime || // A blank for a sentence is how a site ignores a mode.
    !word(mode)[1])
      fate[key] = ENDED;
    else {
      // Of ssid and svid LivePerson takes any string that is not empty.
      const invitation = {
        serviceId,
        visitorName: "Visitor",
        mode,
        ssid: id,
        svid: id,
        dialogId: id,
        accept() {
          if (pending == invitation) finish(false, "Accepted");
        },
        decline() {
          if (pending == invitation) finish(false, "Declined");
        }
      };
      addAgent(invitation, serviceId, dialog2.participants || dialog2.participantsDetails);
      // The server speaks of this conversation now: the older one is replaced for good, even if this connection has not shown it.
      conversationId = convId;
      finish("replaced");
      pending = invitation;
      dialogId = id;
      identity = key;
      endTime = end;
      offered = asking = false;
      ticks = 0;
    }
  }
  /** The server shows the dialog as anything but an open invitation. It has spoken: this is for good. */
  function endDialog(id, convId, acceptedElsewhere) {
    if (id == dialogId) {
      conversationId = convId;
      finish(acceptedElsewhere && "answered");
    }
  }
  /** The conversation is over. */
  function endConversation(convId) {
    if (convId == conversationId) finish();
  }
  /** The present connection has told all that there was before it: what it has not shown is over. */
  function goLive() {
    // Before that is told: a listener may call stop() or start().
    live = true;
    if (!conversationId) finish();
  }
  /** The connection is lost. From here on the server has to confirm the pending invitation, or else it is over. */
  function doubt() {
    conversationId = live = false;
  }
  /** Moves the pending invitation on as far as the clock, the tag and the visitor's eyes allow, and sets the next tick before that: whatever throws. */
  function advance(ticked) {
    const invitation = pending;
    if (invitation) {
      clearTimeout(ticker);
      ticker = setTimeout(advance, TICK, true);
      if (endTime < serverTime()) finish("expired");
      else if (live) {
        // Is publish there? A function at the end of a path is called, and toString() does no harm, whatever a library made of it.
        if (!offered) {
          if (lookUp(PUBLISH + ".toString")) offer(invitation);
          else if (ticked && ++ticks == PATIENCE) report("no " + PUBLISH);
        }
        if (pending && asking && !document.hidden) showPrompt(invitation);
      }
    }
  }
  function offer(invitation) {
    addConfigured(invitation);
    offered = true;
    asking = tell("Offered", invitation, !fate[identity]);
    fate[identity] |= OFFERED;
  }
  /** The one way out of the pending invitation, if there is one. Where no reason and no answer is given, LivePerson's side cancelled it. */
  function finish(reason, answer) {
    const invitation = pending;
    // What has ended while the computer slept takes no answer, even before the next tick.
    if (invitation && !(answer && endTime < serverTime())) {
      pending = false;
      hidePrompt();
      // What ends without a word from the server, by stop() or unseen in an outage, may come again.
      if (answer || conversationId || endTime < serverTime()) fate[identity] = ENDED;
      if (!answer) invitation.reason = reason || "cancelled";
      if (offered) tell(answer || "Closed", invitation, answer);
    }
  }

  // src/conversation.ts
  /**
   * Takes in the changes of a notification. It is known by having them, not by its type: LivePerson's own example prints the
   * prefix `aam.` instead of `cqm.`, and nothing else that is sent without being asked for looks like this.
   */
  function readChanges(changes) {
    each(changes, ({ type, result: { convId, conversationDetails } }) => {
      if (type == "DELETE" || conversationDetails.state == "CLOSE") endConversation(convId);
      else
        each(conversationDetails.dialogs, (dialog2) => {
          if (dialog2.channelType == "COBROWSE") readDialog(dialog2, convId);
        });
    });
  }
  /** A dialog that has ended may come without `state`, and does not say INVITED any more. */
  function readDialog(dialog2, convId) {
    const { sessionState } = dialog2.metaData;
    if (sessionState == "INVITED" && dialog2.state != "CLOSE") invite(dialog2, convId);
    else endDialog(dialog2.dialogId, convId, sessionState == "ACCEPTED");
  }

  // src/device.ts
  /**
   * The ClientProperties of InitConnection: `deviceFamily`, `os`, and the feature without which LivePerson offers the agent
   * no co-browsing. A tablet counts as MOBILE; an iPad that asks for desktop sites says that it is a Macintosh, and so do we.
   */
  function clientProperties(userAgent) {
    const mobile = /Android/.test(userAgent) ? "ANDROID" : /iP/.test(userAgent) && "IOS";
    return {
      type: ".ams.headers.ClientProperties",
      features: ["CO_BROWSE"],
      deviceFamily: mobile ? "MOBILE" : "DESKTOP",
      os: mobile || (/Win/.test(userAgent) ? "WINDOWS" : /Mac/.test(userAgent) ? "OSX" : "LINUX")
    };
  }

  // src/server.ts
  /** What was asked last, the domain service or the messaging server; nothing yet where there was no token. */
  var tried;
  /** The site's server, or the answer of LivePerson's domain service: `baseURI` is the host of the account's. */
  function findServer(account) {
    return lookUp(config.server) || fetch(
      tried = "https://api.liveperson.net/api/account/" + account + "/service/asyncMessagingEnt/baseURI.json?version=1.0"
    ).then((response) => response.json());
  }
  /** The domain service names a host, and so may a site: without a scheme it would be a path of the page's own server. */
  function socketUrl(server, account) {
    tried = (server.baseURI || server).replace(/^(?!ws+:)/, "wss://");
    return "" + new URL("/ws_api/account/" + account + "/messaging/consumer?v=3", tried);
  }

  // src/connection.ts
  /** GetClock keeps the connection alive (the server drops one that is silent for 60 s) and shows that it is. */
  var HEARTBEAT = 3e4;
  /** How often a token or an account that is not there yet is looked for. */
  var LOOK_AGAIN = 5e3;
  /** How soon a connection has to answer that may have died while the computer slept. */
  var ALIVE_WITHIN = 5e3;
  /** So many failures in a row are no accident. */
  var TOLD_AFTER = 3;
  /** Which request of a connection is which, by number: SubscribeExConversations is between; from the third on all are GetClock. */
  var INIT_CONNECTION = 1;
  var GET_CLOCK = 3;
  var stopped;
  /** The one connection, if there is one. */
  var socket;
  /** Of this connection, and the id of the latest: only that one's answer counts. */
  var requests;
  /** For the next thing that happens to the connection by itself. An attempt to connect is the present one while it is still its own. */
  var timer2;
  /** For an account that is not there, since the last time that something else made us look. */
  var looks;
  /** In a row, as far as they make the waits longer. */
  var failures = 0;
  function next(step, wait) {
    clearTimeout(timer2);
    timer2 = setTimeout(step, wait);
  }
  /**
   * Ends what there is of a connection, and connects anew if the page is not stopped and seen. The prompt outlives that; whoever
   * wants it away has to say so.
   */
  function reconnect() {
    doubt();
    requests = looks = 0;
    if (socket) socket.close();
    socket = false;
    next(connect);
  }
  /** The page is seen, or online: connects where there is no connection, and asks one that stands whether it does. */
  function wake() {
    if (live) {
      // Sleep, or another network, may have ended it without a word.
      request();
      next(retry, ALIVE_WITHIN);
    } else if (!socket) reconnect();
  }
  function start() {
    stopped = false;
    reconnect();
  }
  function stop() {
    stopped = true;
    reconnect();
  }
  /** @param code with which the server refused something, or closed the connection: those that end in 401, 403 or 407 blame the token */
  function retry(code) {
    reconnect();
    next(connect, backoff(failures, Math.random()));
    if (failures < DOUBLINGS && ++failures == TOLD_AFTER && tried) report("no " + tried);
    if (/40[137]$/.test(code)) report("bad jwt " + code);
  }
  function connect() {
    if (stopped || document.hidden) return;
    const account = lookUp(config.account);
    let jwt;
    if (!account && ++looks == TOLD_AFTER) report("no account");
    next(retry, HEARTBEAT);
    const attempt = timer2;
    Promise.resolve(account && lookUp(config.jwt)).then((found) => (jwt = found) && findServer(account)).then((server) => {
      if (attempt == timer2)
        listen(new WebSocket(socketUrl(server, account))).onopen = () => {
          const { userAgent } = navigator;
          request("InitConnection", [
            clientProperties(userAgent),
            { type: ".ams.headers.ConsumerAuthentication", jwt }
          ]);
        };
    }).catch(() => {
      if (attempt == timer2)
        if (jwt) retry();
        else next(connect, LOOK_AGAIN);
    });
  }
  /** Asks, and has the connection replaced if there is no answer. @param type GetClock, unless told */
  function request(type, headers, body) {
    next(retry, HEARTBEAT);
    socket.send(
      JSON.stringify({ kind: "req", id: ++requests + "", type: type || "GetClock", headers, body })
    );
  }
  /** Makes it the one connection. */
  function listen(opened) {
    opened.onmessage = (event) => {
      if (opened == socket)
        each(event.data, (text) => {
          const frame = JSON.parse(text);
          if (frame.reqId == requests)
            if (frame.code != 200) retry(frame.code);
            else if (requests == INIT_CONNECTION) request("cqm.SubscribeExConversations", [], { convState: ["OPEN"] });
            else if (requests < GET_CLOCK) request();
            else {
              // The second of them: the server has not just let it in to throw it out.
              if (live) failures = 0;
              // What is next comes first: whoever hears of an end may call stop().
              next(request, HEARTBEAT);
              learnServerTime(frame.body.currentTime);
              goLive();
            }
          readChanges(frame.body.changes);
          advance();
        });
    };
    opened.onclose = (event) => {
      if (opened == socket) retry(event.code);
    };
    return socket = opened;
  }

  // src/snippet.ts
  /** A short look at another tab costs no reconnect. */
  var HIDDEN_FOR = 3e4;
  var hiding;
  // A page that comes back from bfcache becomes visible first: no need of pageshow, which comes later.
  function onSeenOrUnseen() {
    clearTimeout(hiding);
    if (document.hidden) {
      hidePrompt();
      hiding = setTimeout(reconnect, HIDDEN_FOR);
    } else wake();
  }
  // A second copy on the page does nothing, and neither does one in a frame of the same site.
  readConfig();
  if (!otherCopy)
    if (config.jwt) {
      window[API] = {
        start,
        stop() {
          // In this order: what ends without a connection may come again.
          stop();
          finish("stopped");
        }
      };
      addEventListener("pagehide", reconnect);
      addEventListener("online", onSeenOrUnseen);
      addEventListener("visibilitychange", onSeenOrUnseen);
      reconnect();
    } else report(CONFIG_SENTENCE);
})();
