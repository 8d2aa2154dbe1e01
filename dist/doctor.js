// lp-cobrowse 1.1.0: to paste into the console of a page on which no prompt appears.
(() => {
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
  /** Takes the config from the page: from the snippet's own script, else from the first element that has it. */
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
      const id2 = participant.id || participant;
      if (serviceId.indexOf(id2 + "#")) detail.agentId = id2;
    });
  }
  /** Adds what the site has configured, as it is now. Where that is nothing, what was there stays. */
  function addConfigured(detail) {
    const keys = "visitorName ssid svid scid cid eid".split(" ");
    each(keys, (key) => {
      detail[key] = lookUp(config[key]) || detail[key];
    });
  }

  // src/doctor/say.ts
  /** What is examined, in the order of the walk. */
  /** Step → what was said of it last: a connection that is tried again and again says the same again. */
  var said = /* @__PURE__ */ new Map();
  var silent = false;
  /** Nothing is said any more. */
  function silence() {
    silent = true;
  }
  function say(mark, step, text, ...ways) {
    const line = "[" + NAME + " doctor] " + mark + " " + step + ": " + text;
    if (silent || said.get(step) == line) return;
    said.set(step, line);
    // Many sites mute console.log on their live pages.
    const isMute = (way) => /\{\s*\}\s*$/.test("" + console[way]);
    console[ways.find((way) => !isMute(way)) || "log"](line);
  }
  /** The step is as it should be. */
  var ok = (step, text) => say("\u2714", step, text, "log", "info", "debug", "warn");
  /** Worth knowing, and neither right nor wrong. */
  var note = (step, text) => say("\u2013", step, text, "log", "info", "debug", "warn");
  /** The step fails. The first line of this kind is why no prompt appears. @param cure what to do, in whole sentences */
  var wrong = (step, text, cure) => say("\u2718", step, text.replace(/\.?$/, ".") + " \u2192 " + cure, "warn", "error", "log", "info");

  // src/doctor/page.ts
  // In the place of ../page.ts, as far as the snippet's code runs in the doctor: nobody but the console is told.
  var tell = (event, { reason }) => {
    if (event == "Closed") note("invitation", "it has ended: " + reason + ".");
    return true;
  };
  /** The walk has told it before, and at greater length. */
  var report = () => {
  };

  // src/doctor/events.ts
  /** What has become, since the doctor is here, of what the page's own snippet has offered, by dialog. */
  var heard = /* @__PURE__ */ new Map();
  var errors = /* @__PURE__ */ new Set();
  var over = (tell2) => (event) => {
    heard.set(event.detail.dialogId, "over");
    tell2(event);
  };
  var LISTENERS = {
    cobrowseOffered(event) {
      const { dialogId: dialogId2, mode } = event.detail;
      heard.set(dialogId2, "offered");
      // After all listeners.
      later(() => {
        if (!event.defaultPrevented)
          return ok(
            "page",
            "the snippet has offered an invitation (" + mode + "), and no listener has prevented the prompt."
          );
        if (heard.get(dialogId2) == "offered") heard.set(dialogId2, "prevented");
        wrong(
          "page",
          "a listener on cobrowseOffered has called preventDefault(): the page wants to ask by itself, and the built-in prompt stays away",
          "Does the page's own prompt appear? If not, search its scripts for cobrowseOffered."
        );
      });
    },
    cobrowseAccepted: over(
      () => ok("page", "the visitor has allowed it, and LivePerson's tag was told. What follows is LivePerson's part.")
    ),
    cobrowseDeclined: over(() => ok("page", "the visitor has declined it, and LivePerson's tag was told.")),
    cobrowseClosed: over(
      ({ detail }) => note("page", "the invitation has ended without an answer here: " + detail.reason + ".")
    ),
    cobrowseError({ detail }) {
      const reason = detail.reason;
      if (!errors.has(reason)) note("page", "the snippet reports: " + reason);
      errors.add(reason);
    }
  };
  /** What the page's snippet tells while the doctor is here. */
  function followPage() {
    for (const name of Object.keys(LISTENERS)) addEventListener(name, onEvent);
  }
  function leavePage() {
    for (const name of Object.keys(LISTENERS)) removeEventListener(name, onEvent);
  }
  /** A page may have events of these names of its own. */
  function onEvent(event) {
    if (event.detail) LISTENERS[event.type](event);
  }

  // src/doctor/policy.ts
  /** What the page's Content-Security-Policy has blocked since the doctor is here, and in Chromium also before. */
  var blocked = [];
  function add(disposition, directive, uri, policy) {
    if (disposition != "report" && uri) blocked.push({ directive, uri, policy });
  }
  function onViolation(event) {
    add(event.disposition, event.effectiveDirective, event.blockedURI, event.originalPolicy);
  }
  /** Hears of what was blocked before, where the browser tells: it does so in a task of its own. */
  async function learnPast() {
    try {
      const observer2 = new ReportingObserver(
        (reports) => reports.forEach(({ body }) => {
          const { disposition, effectiveDirective, blockedURL, originalPolicy } = body;
          add(disposition, effectiveDirective, blockedURL, originalPolicy);
        }),
        { types: ["csp-violation"], buffered: true }
      );
      observer2.observe();
      await pause(100);
      observer2.disconnect();
    } catch (error) {
      // A browser without it cannot tell.
    }
  }
  /** What has kept the page from going there. @param url absolute, or `inline`, or `trusted-types-sink` */
  function violation(kind2, url) {
    return blocked.find(
      ({ directive, uri }) => (directive == "default-src" || directive.startsWith(kind2) && directive != "script-src-attr") && (url.startsWith(uri) || uri.startsWith(url))
    );
  }
  /** The directive that keeps the page from going there, or from running it, if one has. Ask a little after the failure. */
  function forbids(kind2, url) {
    const found = violation(kind2, url);
    // As policies have it: browsers name the part that they looked for.
    return found && found.directive.replace("-elem", "");
  }
  /** @returns whether the policy does not let the page connect to the address */
  function sayForbidden(url) {
    const { origin } = new URL(url);
    const found = violation("connect", origin);
    if (found)
      wrong(
        "policy",
        "the page's Content-Security-Policy (" + found.directive + ") forbids " + origin,
        (/(^|[;,])\s*connect-src\b/i.test(found.policy) ? "Add to its connect-src: " : "It has no connect-src: add one, with all that its default-src allows now and ") + (lookUp(config.server) ? origin : "https://api.liveperson.net wss://*.liveperson.net")
      );
    return !!found;
  }

  // src/doctor/script.ts
  /** Types of scripts that browsers run. */
  var RUNS = /^$|^module$|^(text|application)\/(java|ecma)script$/i;
  /** Whether this page's snippet is at work. */
  var snippetRuns = () => typeof (window[API] && window[API].start) == "function";
  /** The element that carries the config: the snippet's own script, or the first that has the attribute. */
  function findElement() {
    const selector = "[data-" + NAME + "]";
    return document.querySelector("script" + selector) || document.querySelector(selector);
  }
  /** @param configured whether there is a config with which it can run */
  async function examineSnippet(configured2) {
    const clobber = window[API];
    if (snippetRuns()) ok("snippet", "it is on " + (inFrame() ? "this frame" : "the page") + " and has run.");
    else if (parentHasIt())
      wrong(
        "snippet",
        "this is a frame of a page that has the snippet, so it does nothing here: that page asks",
        "Choose that page in the console (top), and paste the doctor there."
      );
    else if (clobber)
      wrong(
        "snippet",
        "something else of the page's is called " + API + ": " + (clobber instanceof Element ? "an element with that id or name" : "a global"),
        "Rename it."
      );
    else if (!isThere()) await sayMissing();
    else if (configured2) await examineScript(findScript());
  }
  var inFrame = () => parent != window;
  function parentHasIt() {
    try {
      return inFrame() && !!parent[API];
    } catch (error) {
      // Of another origin, which it may not ask either.
      return false;
    }
  }
  /** Whether there is anything of the snippet on the page. */
  var isThere = () => snippetRuns() || !!findElement() || !!findScript();
  function findScript() {
    const element = findElement();
    if (element instanceof HTMLScriptElement) return element;
    return [...document.scripts].find(
      ({ src, text }) => src ? src.includes(NAME) && !src.includes("doctor.js") : text.includes("cqm.Subscribe")
    );
  }
  async function sayMissing() {
    await learnPast();
    const what = "it is not on the page: no element has data-" + NAME;
    if (forbids("require", "trusted-types-sink"))
      wrong(
        "snippet",
        what + ", and the page's Content-Security-Policy (require-trusted-types-for) lets no script load another",
        "Take the script tag or dist/inline.html, in the page's HTML."
      );
    else
      wrong(
        "snippet",
        what,
        "Paste it. If it is there, look in the console whether its block has failed, and in the tag manager whether it has fired: its trigger, the visitor's consent, an ad blocker." + (document.querySelector("iframe, frame") ? " Is it in a frame? Choose that in the console." : "")
      );
  }
  /** The snippet's script is there, and is not at work: why? */
  async function examineScript(script) {
    const cannot = (why, cure) => wrong("snippet", "its script has not run: " + why, cure);
    if (!script)
      return cannot("only the element with its config is there", "Put the script there too, or see what took it away.");
    const { src, type, integrity } = script;
    if (!RUNS.test(type))
      return cannot(
        "its type is " + type,
        "A consent manager has set that, most likely: it sets it right once the visitor consents."
      );
    const policy = src ? "Add to its script-src: " + src + ", or the first hash of dist/csp.txt if the tag has an integrity." : "Add to its script-src the second hash of dist/csp.txt for inline.html, or its own hash or nonce for snippet.html.";
    await learnPast();
    const directive = forbids("script", src || "inline");
    if (directive) return cannot("the page's Content-Security-Policy (" + directive + ") forbids it", policy);
    if (script.compareDocumentPosition(findElement()) & Node.DOCUMENT_POSITION_FOLLOWING)
      return cannot(
        "it stands before the element with its config, which was not there yet",
        "Put that element before it."
      );
    const unseen = "the page's Content-Security-Policy forbids it, or an ad blocker";
    if (!src) return cannot(unseen, policy + " The console says so.");
    const { origin } = new URL(src);
    const answer = await load(src);
    await learnPast();
    if (forbids("connect", src))
      return cannot(
        "why, the doctor may not find out (connect-src)",
        "The console and the network tab say more: the policy, an ad blocker, the address " + src
      );
    if (answer == FAILS) {
      const needsPermission = origin != location.origin && (integrity || script.crossOrigin !== null);
      if (needsPermission && await load(src, { mode: "no-cors" }) != FAILS)
        return cannot(
          "its host sends no Access-Control-Allow-Origin, without which no file with an integrity is run",
          "Have " + origin + " send it, or serve the file from this site."
        );
      return cannot(
        "the doctor cannot load it either",
        "Is " + src + " right? Is the network, an ad blocker or the Content-Security-Policy in the way? The console says so."
      );
    }
    if (answer) return cannot(answer, "Look at its address: " + src);
    if (integrity && await load(src, { integrity }))
      return cannot(
        "the file is not the one that its integrity belongs to",
        "Take address and integrity from the same version: paste the block anew. The file must not be changed on its way."
      );
    return cannot("the file is there, so most likely " + unseen, policy + " The console says so.");
  }
  var FAILS = "it cannot be loaded";
  /** @returns what is wrong with the file, if anything is */
  function load(src, options) {
    return window.fetch(src, { credentials: "omit", ...options }).then(
      ({ ok: ok2, status, type, headers }) => {
        const kind2 = headers.get("content-type") || "";
        if (type == "opaque") return "";
        if (!ok2) return "its host answers " + status;
        return kind2 && !/(java|ecma)script/i.test(kind2) ? "its host sends " + kind2 + " in place of JavaScript" : "";
      },
      () => FAILS
    );
  }

  // src/doctor/prompt.ts
  // In the place of ../prompt.ts, as far as the snippet's code runs in the doctor: nobody is asked, but the page's own prompt is looked at.
  /** In which the page's own snippet hears of an invitation too. */
  var COMPARED_AFTER = 2e3;
  /** What the snippet would ask about now. */
  var asked;
  var observer;
  /** The page's snippet has shown its prompt. A page that removes that at once leaves no other trace. */
  var came;
  /** Whether the snippet asks about it now. */
  var isAsked = (dialogId2, mode) => !!asked && asked.dialogId == dialogId2 && asked.mode == mode;
  var showPrompt = (invitation) => {
    if (asked == invitation) return;
    hidePrompt();
    asked = invitation;
    const what = invitation.mode + ", of agent " + (invitation.agentId || "unknown");
    // After what socket.ts has to say of the conversations.
    later(() => ok("invitation", what + ": it is pending, and nothing about it keeps the snippet from asking."));
    came = false;
    observer = new MutationObserver((records) => {
      came = came || records.some(({ addedNodes }) => [...addedNodes].some(({ nodeName }) => nodeName.toLowerCase() == NAME));
    });
    observer.observe(document.documentElement, { childList: true });
    compareLater(invitation);
  };
  var hidePrompt = () => {
    asked = false;
    if (observer) observer.disconnect();
  };
  function compareLater(invitation) {
    later(() => {
      if (asked != invitation) return;
      // The agent's console may be in another tab.
      if (document.hidden) compareLater(invitation);
      else compare(invitation);
    }, COMPARED_AFTER);
  }
  /** Whether the page's own snippet does what it would. */
  function compare({ dialogId: dialogId2 }) {
    const host = document.querySelector(NAME);
    const dialog = host && host.shadowRoot && host.shadowRoot.querySelector("dialog");
    const fate2 = heard.get(dialogId2);
    // What is wrong there has been told; what is over needs no prompt.
    if (!snippetRuns() || fate2 == "prevented" || fate2 == "over") return;
    if (lookUp(config.prompt) == "confirm") compareConfirm();
    else if (dialog && dialog.offsetHeight && dialog.matches(":modal")) ok("prompt", "it is on the page.");
    else if (fate2 || host || came)
      wrong(
        "prompt",
        "the snippet asks, but nothing is seen",
        "Something on the page removes or hides <lp-cobrowse> again and again: search its scripts and styles."
      );
    else
      wrong(
        "prompt",
        "this page's snippet does not ask",
        "Run lpCobrowse.start(). If it asks now, it was stopped, waited for its next try, or had the token of before the visitor signed in: let the page call lpCobrowse.start() at sign-in. If not, the visitor has just answered, or a listener of the page called preventDefault() on cobrowseOffered before the doctor came: ask the agent to invite again, and the doctor says so."
      );
  }
  function compareConfirm() {
    if (!/\[native code\]/.test(Function.prototype.toString.call(confirm)))
      wrong("prompt", "the page has replaced confirm() by its own, whose answer may be none", 'Take "prompt": "dialog".');
    else
      note(
        "prompt",
        "it is the browser's confirm(), which no script can see. A frame, or a visitor who wants no more dialogs, gets none."
      );
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
  function invite(dialog, convId) {
    const id2 = dialog.dialogId;
    const { serviceId, mode, expires } = dialog.metaData;
    const created = dialog.creationTs;
    const endsAt = expires * 1e3 || created + LIFETIME;
    const key = id2 + endsAt;
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
        ssid: id2,
        svid: id2,
        dialogId: id2,
        accept() {
          if (pending == invitation) finish(false, "Accepted");
        },
        decline() {
          if (pending == invitation) finish(false, "Declined");
        }
      };
      addAgent(invitation, serviceId, dialog.participants || dialog.participantsDetails);
      // The server speaks of this conversation now: the older one is replaced for good, even if this connection has not shown it.
      conversationId = convId;
      finish("replaced");
      pending = invitation;
      dialogId = id2;
      identity = key;
      endTime = end;
      offered = asking = false;
      ticks = 0;
    }
  }
  /** The server shows the dialog as anything but an open invitation. It has spoken: this is for good. */
  function endDialog(id2, convId, acceptedElsewhere) {
    if (id2 == dialogId) {
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

  // src/doctor/paths.ts
  /** Whether it is a `window.` path, which is looked up when it is needed. */
  var isPath = (value) => typeof value == "string" && /^window\./.test(value);
  /** Where a `window.` path leads, in words, without calling what is there and without telling its value. */
  function leadsTo(path) {
    if (!isPath(path)) return "it is written in the config";
    let found = window;
    let way = "";
    for (const name of path.split(".")) {
      if (found === void 0 || found === null) return path + " leads nowhere: there is no " + way;
      way += (way && ".") + name;
      try {
        found = found[name];
      } catch (error) {
        return path + " throws at " + way;
      }
    }
    return path + (found === void 0 || found === null ? " leads nowhere" : " is " + kind(found));
  }
  /** What it is, not what it says: it may be a secret. */
  function kind(found) {
    if (found === "") return "an empty text";
    const type = Array.isArray(found) ? "array" : typeof found == "string" ? "text" : typeof found;
    return (/^[ao]/.test(type) ? "an " : "a ") + type;
  }
  /** Where what is configured under the key, or by default, leads, and whether that gives anything. */
  function describePath(key, path) {
    const sentence2 = key + ": " + leadsTo(path);
    return /nowhere/.test(sentence2) || lookUp(path) ? sentence2 : sentence2 + ", and gives nothing (yet)";
  }

  // src/doctor/token.ts
  /** A token has no more characters, as LivePerson's documents say. */
  var LONGEST = 2048;
  /** A promise that takes longer, in milliseconds, is taken for one that is never settled. */
  var STUCK = 3 * PATIENCE2;
  /** So wrong, in seconds, may the visitor's clock be before an expiry by it is believed. */
  var DAY = 86400;
  /** No token is good until then, the year 5138; in milliseconds it is 1973. */
  var TOO_LATE = 1e11;
  /** Looks the token up as the snippet does, and describes it. */
  async function examineToken() {
    const path = config.jwt;
    const run = path + "() in this console";
    const slow = later(() => note("token", path + " has returned a promise, which is waited for."), PATIENCE2);
    const stuck = later(
      () => wrong(
        "token",
        path + " has returned a promise that is not settled after " + STUCK / 1e3 + " s",
        "See what it waits for."
      ),
      STUCK
    );
    try {
      const found = await lookUp(path);
      const there = leadsTo(path);
      if (found) describeToken(found);
      else
        wrong(
          "token",
          "there is none: " + (/function$/.test(there) ? path + "() has returned nothing, or thrown" : there) + ". Without a token nothing is connected",
          "Is the visitor signed in? If so, " + (/function$/.test(there) ? "run " + run : "look where the page keeps the token") + ". The snippet looks again every 5 s, and at lpCobrowse.start()."
        );
    } catch (error) {
      wrong(
        "token",
        path + " has returned a promise that is rejected",
        "Run await " + run + ". It is asked again every 5 s."
      );
    }
    slow();
    stuck();
  }
  /** Says what can be read in the token, but not whose it is. */
  function describeToken(token) {
    if (typeof token != "string")
      return wrong(
        "token",
        "it is " + kind(token) + ", not a text",
        "The function has to return the token itself, or a promise of it."
      );
    if (/^["']|^bearer\b|\s/i.test(token))
      return wrong(
        "token",
        "it has quotation marks, a blank, a line break or Bearer in it",
        "Give the bare token: parse it if it was kept as JSON, or trim it."
      );
    if (token.length > LONGEST)
      return wrong("token", "it has " + token.length + " characters", "LivePerson takes no more than " + LONGEST + ".");
    const claims = claimsOf(token);
    if (!claims)
      return wrong(
        "token",
        "there is one, but it is not a JWT",
        "LivePerson accepts only JWTs from its own identity provider."
      );
    const account = lookUp(config.account);
    const audience = [].concat(claims.aud || []).map((name) => String(name).replace(/^acc:/, ""));
    const facts = "issuer " + (claims.iss || "not named") + ", account " + (audience.join(", ") || "not named") + ", " + expiry(claims.exp);
    const time = serverTime();
    const left = secondsLeft(claims.exp);
    if (left < (time > 0 ? 0 : -DAY))
      wrong("token", facts, "Give a fresh one: the page has to fetch it anew, and not keep it so long.");
    else if (claims.exp > TOO_LATE)
      wrong("token", facts, "Its exp has to be in seconds, and seems to be in milliseconds.");
    else if (/acc:/.test(String(claims.aud)) && account && !audience.includes(String(account)))
      wrong("token", facts + ", but the page's account is " + account, "Get the token from the same account.");
    else ok("token", "there is one: " + facts + ".");
  }
  /** By the server's clock once that is known. */
  function secondsLeft(exp) {
    const time = serverTime();
    return typeof exp == "number" ? exp - (time > 0 ? time : Date.now()) / 1e3 : NaN;
  }
  function expiry(exp) {
    const left = secondsLeft(exp);
    const clock = serverTime() > 0 ? "" : " by this computer's clock";
    return left > 0 ? "expires in " + duration(left) : left <= 0 ? "expired " + duration(-left) + " ago" + clock : "without an expiry";
  }
  function claimsOf(token) {
    try {
      const bytes = atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"));
      return JSON.parse(
        decodeURIComponent(bytes.replace(/[^]/g, (byte) => "%" + ("0" + byte.charCodeAt(0).toString(16)).slice(-2)))
      );
    } catch (error) {
      return void 0;
    }
  }
  /** In words. */
  function duration(seconds) {
    const units = [
      [DAY, "days"],
      [3600, "h"],
      [60, "min"]
    ];
    const [size, name] = units.find(([size2]) => seconds >= 2 * size2) || [1, "s"];
    return Math.round(seconds / size) + " " + name;
  }

  // src/doctor/invitations.ts
  /** Of the present connection: the states of the conversations that it has told of, by id, and whether that is said. */
  var states = /* @__PURE__ */ new Map();
  var saidStates = false;
  /** The dialogs that it says are INVITED, not judged yet. */
  var sights = [];
  /** Dialog and end time of those that are. */
  var judged = /* @__PURE__ */ new Set();
  /** A new connection tells everything anew. */
  function forgetConnection() {
    states.clear();
    saidStates = false;
    sights = [];
  }
  /** Takes in what a frame says, before the snippet's code does. */
  function hearChanges(changes) {
    each(changes, ({ type, result: { convId, conversationDetails } }) => {
      const state = type == "DELETE" ? "CLOSE" : conversationDetails.state;
      if (states.get(convId) != state) saidStates = false;
      states.set(convId, state);
      each(conversationDetails.dialogs, (dialog) => {
        const { channelType, metaData } = dialog;
        if (channelType == "COBROWSE" && metaData.sessionState == "INVITED" && dialog.state != "CLOSE")
          sights.push(dialog);
      });
    });
  }
  /** After the snippet's code has read a frame: says what is new. */
  function sayNews() {
    if (!live) return;
    if (!saidStates) sayConversations();
    saidStates = true;
    const seen = sights;
    sights = [];
    for (const dialog of seen) {
      const key = dialog.dialogId + " " + dialog.metaData.expires;
      if (!judged.has(key)) judge(dialog);
      judged.add(key);
    }
  }
  function sayConversations() {
    const open = [...states.values()].filter((state) => state != "CLOSE").length;
    if (open) ok("conversations", open + " open, in which an agent can invite.");
    else
      wrong(
        "conversations",
        "none is open",
        "An agent invites in a conversation with this token's consumer: begin one in the page's messaging window, with the same token, and keep it open. If one is open there, its token is another consumer's."
      );
  }
  /** Says what the snippet makes of an invitation, and why. Where it asks, prompt.ts has said so. */
  function judge({ dialogId: dialogId2, creationTs, metaData: { mode, expires } }) {
    if (isAsked(dialogId2, mode)) return;
    const left = ((expires * 1e3 || creationTs + LIFETIME) - serverTime()) / 1e3;
    const what = mode + ", " + (left > 0 ? "ends in " + duration(left) : "ended " + duration(-left) + " ago") + " by LivePerson's clock";
    if (!(word(mode) || "")[1])
      wrong(
        "invitation",
        what + ": the snippet ignores it, for text has no sentence for " + mode,
        "To ask about these too, add a " + mode + " sentence to text in the config."
      );
    else if (left < 0)
      wrong(
        "invitation",
        what + ": it is over, and nobody is asked",
        "Ask the agent to invite again. (What comes while the page is connected lasts its full time, however wrong the agent's clock.)"
      );
    else if (document.hidden) note("invitation", what + ": the snippet asks as soon as this tab is seen.");
    else if (!lookUp(PUBLISH + ".toString"))
      note("invitation", what + ": the snippet asks as soon as LivePerson's tag is there.");
    else
      note(
        "invitation",
        what + ": the snippet does not ask, for it was over before, or another is pending that ends later."
      );
  }

  // src/doctor/tag.ts
  /** After the page's beginning, milliseconds, the tag has loaded if it ever does; the snippet waits as long before it complains. */
  var LOADED = 1e4;
  var TICK2 = 500;
  var told = false;
  /** LivePerson's tag, before which nobody is asked, and its monitoring. */
  function examineTag() {
    if (!lookUp(PUBLISH + ".toString")) {
      if (performance.now() < LOADED) note("tag", "it has not loaded yet, and is waited for.");
      else
        wrong(
          "tag",
          leadsTo(PUBLISH) + ", so LivePerson's tag has not loaded, and nobody is asked before it has",
          "Put LivePerson's tag on the page. If it is there, an ad blocker, the policy or missing consent keeps it from loading."
        );
      later(examineTag, TICK2);
    } else if (!told) {
      told = true;
      ok("tag", PUBLISH + " is there.");
      if (!lookUp(config.ssid) || !lookUp(config.svid))
        note("tag", "its monitoring gives no session or visitor id; LivePerson is told the dialog's id in their place.");
    }
  }

  // src/doctor/socket.ts
  // In the place of the browser's own while the snippet's code runs in the doctor: the same, and watched.
  /** LivePerson's messaging server is connected to: `new WebSocket()` of a function gives what that returns. */
  var WebSocket = function(url) {
    let socket2;
    try {
      socket2 = new window.WebSocket(url);
    } catch (error) {
      later(() => {
        if (!sayForbidden(url))
          wrong(
            "socket",
            "the browser does not open " + url + " (" + error.name + ")",
            "A page on https may open only wss://. Look at server."
          );
      }, VIOLATION);
      throw error;
    }
    watch(socket2);
    // Where the policy forbids it, Chromium lets the socket say nothing at all.
    later(() => sayForbidden(url), VIOLATION);
    return socket2;
  };
  /** Follows one connection: what is awaited of it, and what it says. */
  function watch(socket2) {
    // A page may have wrapped it.
    const { url, send, close } = socket2;
    let step = "socket";
    let request2 = {};
    let opened = false;
    let endedByUs = false;
    let wasLive = false;
    let answered = awaitAnswer("does not open");
    forgetConnection();
    /** From here on it has to say something. */
    function awaitAnswer(silence2) {
      return later(() => {
        if (!sayForbidden(url)) wrong(step, url + " " + silence2 + " in " + SECONDS, NETWORK + " " + AGAIN);
      }, PATIENCE2);
    }
    socket2.addEventListener("open", () => {
      opened = true;
      answered();
      ok("policy", "it lets the page connect, or there is none.");
      ok("socket", url + " is open.");
    });
    socket2.send = (text) => {
      request2 = JSON.parse(text);
      const { type, headers } = request2;
      if (!wasLive) step = type == "InitConnection" ? type : "conversations";
      if (Array.isArray(headers)) headers.forEach(({ jwt }) => jwt && describeToken(jwt));
      answered();
      answered = awaitAnswer("does not answer " + type);
      send.call(socket2, text);
    };
    socket2.close = () => {
      endedByUs = true;
      answered();
      close.call(socket2);
    };
    socket2.addEventListener("message", ({ data }) => {
      let frame = null;
      try {
        frame = JSON.parse(data);
      } catch (error) {
        note("socket", "it has sent something that is not JSON; the snippet ignores it.");
      }
      if (!frame) return;
      if (request2.id && frame.reqId == request2.id) {
        answered();
        if (frame.code != 200) sayRefused(step, request2.type + " is answered with " + frame.code, frame.code);
        else if (request2.type == "InitConnection") ok(step, "the token is accepted.");
      }
      hearChanges(frame.body && frame.body.changes);
      // After the snippet's own code has read it.
      later(() => {
        const isNew = live && !wasLive;
        if (isNew) {
          wasLive = true;
          step = "socket";
          sayClock();
        }
        sayNews();
        if (isNew) {
          examineTag();
          note("doctor", "it listens now: let the agent invite. lpCobrowseDoctor.stop() ends it.");
        }
      });
    });
    socket2.addEventListener("close", ({ code }) => {
      answered();
      if (endedByUs) return;
      later(() => {
        if (opened) sayRefused(step, "the server has closed the connection with " + code, code);
        else if (!sayForbidden(url))
          wrong(
            "socket",
            url + " does not open",
            (lookUp(config.server) ? "Are account and server right? Both are in this address. " : "") + NETWORK + " " + AGAIN
          );
      }, VIOLATION);
    });
  }
  function sayClock() {
    const ahead2 = (serverTime() - Date.now()) / 1e3;
    if (Math.abs(ahead2) > 5)
      note(
        "clock",
        "LivePerson's is " + duration(Math.abs(ahead2)) + (ahead2 > 0 ? " ahead of" : " behind") + " this computer's."
      );
  }
  /** @param code of an answer, or of the end of the connection */
  function sayRefused(step, what, code) {
    wrong(
      step,
      what,
      /40[13]$/.test("" + code) ? "The token is invalid or expired, or belongs to another account: give a fresh one, from LivePerson's identity provider." : /407$/.test("" + code) ? "LivePerson wants the token of a signed-in visitor: this one's identity is unauthenticated." : code == 429 ? "Too many connections at a time: wait. " + AGAIN : code == 1006 ? "The network has broken it, or the token was revoked. " + NETWORK + " " + AGAIN : "That is LivePerson's side, and not the token's fault. " + AGAIN
    );
  }

  // src/doctor/patience.ts
  /** So long, in milliseconds, may an answer take before that is told; the snippet itself waits 30 s. */
  var PATIENCE2 = 5e3;
  var SECONDS = PATIENCE2 / 1e3 + " s";
  /** The browser tells of what the policy blocked in a task of its own, which may come after the failure. */
  var VIOLATION = 200;
  /** What to do about silence, and what is done about it. */
  var NETWORK = "Is the computer online? Is a proxy, an ad blocker or a browser extension in the way? The network tab shows its answer.";
  var AGAIN = "The snippet tries again by itself, at ever longer intervals, up to about 2 min.";
  var running = /* @__PURE__ */ new Set();
  var over2 = false;
  /** A timer that ends with the doctor. @returns what ends it before */
  function later(step, wait) {
    if (over2) return () => {
    };
    const timer2 = setTimeout(() => {
      running.delete(timer2);
      step();
    }, wait);
    running.add(timer2);
    return () => {
      clearTimeout(timer2);
      running.delete(timer2);
    };
  }
  /** For ever, if the doctor ends meanwhile. */
  var pause = (wait) => new Promise((resolve) => {
    later(resolve, wait);
  });
  /** None runs or begins from here on. */
  function endTimers() {
    over2 = true;
    running.forEach((timer2) => clearTimeout(timer2));
  }

  // src/doctor/fetch.ts
  // In the place of the browser's own while the snippet's code runs in the doctor: the same, and watched.
  /** LivePerson's domain service is asked. */
  async function fetch(url) {
    const answered = later(
      () => wrong("server", "LivePerson's domain service has not answered in " + SECONDS + ": " + url, NETWORK),
      PATIENCE2
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
  async function describeDomain(url, response) {
    const answer = await response.json().catch(() => void 0);
    const asked2 = "LivePerson's domain service answers " + response.status + " to " + url;
    if (answer && answer.baseURI) ok("server", answer.baseURI + ", as LivePerson's domain service says.");
    else if (/40[134]/.test(response.status))
      wrong("server", asked2, "It does not know this account: look at account, or at window.lpTag.site.");
    else wrong("server", asked2 + ", without a server's name", "That is LivePerson's side: wait. " + AGAIN);
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

  // src/conversation.ts
  /**
   * Takes in the changes of a notification. It is known by having them, not by its type: LivePerson's own example prints the
   * prefix `aam.` instead of `cqm.`, and nothing else that is sent without being asked for looks like this.
   */
  function readChanges(changes) {
    each(changes, ({ type, result: { convId, conversationDetails } }) => {
      if (type == "DELETE" || conversationDetails.state == "CLOSE") endConversation(convId);
      else
        each(conversationDetails.dialogs, (dialog) => {
          if (dialog.channelType == "COBROWSE") readDialog(dialog, convId);
        });
    });
  }
  /** A dialog that has ended may come without `state`, and does not say INVITED any more. */
  function readDialog(dialog, convId) {
    const { sessionState } = dialog.metaData;
    if (sessionState == "INVITED" && dialog.state != "CLOSE") invite(dialog, convId);
    else endDialog(dialog.dialogId, convId, sessionState == "ACCEPTED");
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
  var timer;
  /** For an account that is not there, since the last time that something else made us look. */
  var looks;
  /** In a row, as far as they make the waits longer. */
  var failures = 0;
  function next(step, wait) {
    clearTimeout(timer);
    timer = setTimeout(step, wait);
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
    const attempt = timer;
    Promise.resolve(account && lookUp(config.jwt)).then((found) => (jwt = found) && findServer(account)).then((server) => {
      if (attempt == timer)
        listen(new WebSocket(socketUrl(server, account))).onopen = () => {
          const { userAgent } = navigator;
          request("InitConnection", [
            clientProperties(userAgent),
            { type: ".ams.headers.ConsumerAuthentication", jwt }
          ]);
        };
    }).catch(() => {
      if (attempt == timer)
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

  // src/doctor/value-faults.ts
  // What is wrong with a value of the config, in one sentence that never quotes it: a token may be in it.
  /** A check of the value of a key: what is wrong, if anything is. */
  var CHECKS = {
    jwt(key, value) {
      if (value === "") return `${CONFIG_SENTENCE}: the token, or the path to it`;
      const fault = stringFault(key, value);
      if (fault) return fault;
      const text = value;
      if (isPath(text)) return void 0;
      if (text === "?") return 'jwt is still "?": put there where the page has the token, such as window.myApp.getJwt';
      if (/^bearer\b/i.test(text)) return "jwt is the token alone: take out Bearer before it";
      if (/\s/.test(text)) return "jwt has a blank in it: a token and a path have none";
      // Three parts or, where it is encrypted, five. The first is an object in base64, which begins with {.
      if (/^e[w-z\d+/_-][\w-]*={0,2}\.[\w-]*\.[\w-]*(\.[\w-]*\.[\w-]*)?$/.test(text)) return void 0;
      return "jwt is neither a token, eyJ\u2026 with dots between its parts, nor a path, which begins with window.";
    },
    account(key, value) {
      if (value === "" || value === null) return "account is empty: leave it out, and window.lpTag.site is used";
      return id(key, value) ?? (/^window\.|^[a-z\d]+$/i.test(String(value)) ? void 0 : "account has only letters and digits in LivePerson: the id alone");
    },
    server(key, value) {
      if (!value) return void 0;
      const fault = stringFault(key, value);
      if (fault || isPath(value)) return fault;
      const [, scheme, host, path] = /^([^/]*:(?=\/)\/*)?([^/?#]*)([^]*)$/.exec(value);
      if (scheme && !/^wss?:\/\/$/.test(scheme))
        return "server begins with wss://, or with the host itself: nothing else is a messaging server";
      if (!/^([a-z\d-]+(\.[a-z\d-]+)*\.?|\[[\da-f:.]+\])(:\d+)?$/i.test(host))
        return "server needs a host such as va.msg.liveperson.net";
      if (path && path !== "/") return "server needs the host alone: take out what follows it";
      if (scheme === "ws://" && !/^(localhost|[\d.]+|\[.*\])(:\d+)?$/.test(host))
        return "server needs wss://: ws:// is for trying it out, at an address such as ws://127.0.0.1:8321";
      return void 0;
    },
    prompt(key, value) {
      if (!value || value === "dialog" || value === "confirm" || isPath(value))
        return typeof value === "string" ? stringFault(key, value) : void 0;
      return 'prompt needs "dialog" or "confirm", or a path: anything else is taken for "dialog"';
    }
  };
  /** What is wrong with the value of a key, if anything is; of every key but `text`. */
  var configured = (key, value) => (CHECKS[key] ?? id)(key, value);
  /** What LivePerson is told as it is, a number too. */
  function id(key, value) {
    return typeof value === "number" || value === null ? void 0 : stringFault(key, value);
  }
  /** What is wrong with one of the words in `text`, if anything is. */
  function wordFault(name, words) {
    const key = `text.${name}`;
    const isSentence = !/^(title|accept|decline)$/.test(name);
    if (isSentence && words === " ") return void 0;
    if (isSentence && words === "" && /^[a-z]/.test(name))
      return `${key} is empty, so the English sentence is used: give one, or " " to ignore these invitations`;
    return stringFault(key, words);
  }
  /** What can be wrong with any text. */
  function stringFault(key, value) {
    if (typeof value !== "string") return `${key} needs a text in double quotes`;
    if (/\{\{[^]*\}\}/.test(value))
      return `${key} has a {{variable}} that no tag manager has filled in: use a path that begins with window.`;
    if (/^(undefined|null|NaN|\[object \w+\])$/.test(value.trim()))
      return `${key} is what a variable leaves that has no value`;
    if (value !== value.trim()) return `${key} has a blank at its beginning or end: take it out`;
    return pathFault(key, value);
  }
  /** What is wrong with a path, or with what is meant to be one. */
  function pathFault(key, value) {
    if (!isPath(value))
      return /^(windows?|globalThis|self|document|top|parent|localStorage|sessionStorage)(\.[^\s.]+)+$|^window\s*([[(?.]|$)/i.test(
        value
      ) ? `${key} is a path only if it begins with window. in small letters` : void 0;
    if (/^window(\.[^.()[\]{}\s"'`;,?!+=]+)+$/.test(value)) return void 0;
    if (value.endsWith("()")) return `${key} needs its path without (): a function at the end is called`;
    if (/\.(\.|$)/.test(value)) return `${key} has a path that lacks a name after a dot`;
    return `${key} needs a path of names with dots between them: brackets, blanks and other marks lead nowhere`;
  }

  // src/doctor/json-fault.ts
  // Where a JSON text breaks: in the same words in every engine, and without a word of the text, in which a token may be.
  /** A punctuation mark, a string, a number or a word; what is none of these is a mistake. */
  var TOKEN = /[{}[\],:]|"[^"\\\0-\x1f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\0-\x1f]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y;
  /** How far a text has been read. */
  /** A mistake, and where in the text it is. */
  /**
   * Where a text breaks that is to be JSON, by line and column, and what belongs there; undefined if it does not. The sentence never quotes what
   * the text says.
   */
  function jsonFault(text) {
    const reading = { text, end: 0, at: 0, last: "", expected: "value", open: [] };
    for (; ; ) {
      reading.at = match(/[ \t\n\r]*/y, text, reading.end).end;
      if (reading.expected === "end" && reading.at === text.length) return void 0;
      const token = match(TOKEN, text, reading.at);
      const expected = token && next2(token.text, reading);
      if (!expected) return sentence(text, mistake(reading, token?.text));
      Object.assign(reading, { expected, end: token.end, last: token.text });
    }
  }
  function match(pattern, text, at) {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    return found === void 0 ? void 0 : { text: found, end: at + found.length };
  }
  /** What may follow a token; undefined where that token may not be. */
  function next2(token, { expected, open }) {
    const after = () => open.length ? "comma" : "end";
    if (token === "}" || token === "]") {
      const fits = expected === "comma" ? open.at(-1) === token : expected.endsWith(token);
      return fits ? (open.pop(), after()) : void 0;
    }
    if (token === ",") return expected === "comma" ? open.at(-1) === "}" ? "key" : "value" : void 0;
    if (token === ":") return expected === "colon" ? "value" : void 0;
    if (expected.startsWith("key")) return token.startsWith('"') ? "colon" : void 0;
    if (!expected.startsWith("value")) return void 0;
    if (token === "{") return open.push("}"), "key or }";
    if (token === "[") return open.push("]"), "value or ]";
    return after();
  }
  var QUOTES = `a quotation mark in JSON is the straight, double one, "`;
  var PUT_QUOTES = "needs double quotes around it";
  /** @param token what is there, if it is a token at all */
  function mistake(reading, token) {
    const { text, end, at, last, expected, open } = reading;
    const rest = text.slice(at);
    const closer = open.at(-1);
    if (!rest) return [end, end ? `the end is missing: ${whatIsMissing(reading)}` : "there is nothing here"];
    if (/^['`\u2018-\u201f\u2039\u203a\xab\xbb\u2032\u2033\uff02]|^&(quot|#34|#39|apos);/.test(rest)) return [at, QUOTES];
    if (/^(\/[/*]|#|<!--)/.test(rest)) return [at, "JSON has no comments: take this one out"];
    if (/^\s|^[\ufeff\u200b-\u200f\u2060\0-\x1f\x7f-\x9f]/.test(rest))
      return [at, "a character that cannot be seen, a special blank perhaps: delete it"];
    if (rest[0] === "{" && last === "{" && at === end) return [end - 1, `a tag manager's {{variable}} ${PUT_QUOTES}`];
    if (!end) return [at, "a config begins with {"];
    if (expected === "end") return [at, "the config has ended before this: take out what follows"];
    if (/^[}\]]/.test(rest) && last === ",") return [end - 1, "no comma after the last entry: take it out"];
    if (/^"/.test(rest) && !token) return inString(text, at);
    if (expected === "colon") return [token === void 0 ? at : end, "a colon is missing after this key"];
    if (last === ":" && /^[}\],]/.test(rest)) return [at, "a value is missing before this"];
    if (/^[}\]]/.test(rest)) return [at, `a ${closer} belongs here`];
    if (expected === "comma") {
      if (last.startsWith('"') && at === end && /^[\w$]/.test(rest))
        return [end - 1, 'a quotation mark within a text is written \\"'];
      if (!/^["{[\w.+-]/.test(rest)) return [at, `a comma or a ${closer} belongs here`];
      return [end, "a comma is missing after this entry"];
    }
    if (/^,/.test(rest)) return [at, last === "," ? "a comma too many" : "nothing stands before this comma"];
    if (expected.startsWith("key"))
      return [at, /^[\w$-]/.test(rest) ? `this key ${PUT_QUOTES}` : `a key in double quotes belongs here`];
    if (/^[-+.]?[\d.]|^-/.test(rest)) return [at, `this is not how JSON writes numbers: it ${PUT_QUOTES}, as a text`];
    return [at, /^[\w$]/.test(rest) ? `this value ${PUT_QUOTES}` : "a value belongs here"];
  }
  function whatIsMissing({ expected, open }) {
    const closers = [...open].reverse().join("");
    if (expected === "colon") return `a colon, a value and ${closers}`;
    if (expected.startsWith("value")) return closers ? `a value and ${closers}` : "a value";
    return closers;
  }
  /** What is wrong in the string that begins here. */
  function inString(text, start2) {
    const { end } = match(/"[^"\\\0-\x1f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\0-\x1f]*)*/y, text, start2);
    if (text[end] === "\\" && end + 1 < text.length) return [end, "a backslash in a text is written twice, \\\\"];
    if (text[end] === "	") return [end, "a tab in a text is written \\t"];
    if (end < text.length && text[end] !== "\\" && !/[\r\n]/.test(text[end]))
      return [end, "a character that cannot be seen: delete it"];
    return [start2, 'the closing " of this text is missing on its line'];
  }
  function sentence(text, [at, words]) {
    const lines = text.slice(0, at).split(/\r\n?|\n/);
    return `line ${lines.length}, column ${lines.at(-1).length + 1}: ${words}`;
  }

  // src/doctor/config-faults.ts
  // What is wrong with a config, as far as its own text shows: for the demo's configurator and the doctor. The snippet has no room to tell it.
  var KEYS = "jwt account server prompt text visitorName ssid svid scid cid eid".split(" ");
  /** The words of the prompt that have a default. */
  var WORDS = "title accept decline shared view follow".split(" ");
  /** Each has a sentence. These are LivePerson's own; other modes in capitals may come. */
  var MODES = "shared view follow VOICE_CALL VIDEO_CALL".split(" ");
  /** Other names for the same. */
  var SYNONYMS = {
    token: "jwt",
    getjwt: "jwt",
    site: "account",
    siteid: "account",
    accountid: "account",
    host: "server",
    domain: "server",
    url: "server",
    name: "visitorName",
    visitor: "visitorName",
    words: "text",
    texts: "text",
    heading: "title",
    allow: "accept",
    yes: "accept",
    deny: "decline",
    reject: "decline",
    no: "decline"
  };
  /** Everything that is wrong with a parsed config. */
  function configFaults(config2) {
    if (!isObject(config2)) return [{ key: "", sentence: `${CONFIG_SENTENCE}, an object: put { and } around its keys` }];
    const { text, ...others } = { jwt: "", ...config2 };
    const found = Object.entries(others).map(([key, value]) => [
      key,
      KEYS.includes(key) ? configured(key, value) : strange(key, KEYS, "text")
    ]);
    if (isObject(text))
      found.push(...Object.entries(text).map(([name, words]) => [`text.${name}`, inText(name, words)]));
    else found.push(["text", noText(text)]);
    return found.flatMap(([key, sentence2]) => sentence2 ? { key, sentence: sentence2 } : []);
  }
  function noText(text) {
    const fault = typeof text === "string" ? pathFault("text", text) : void 0;
    if (fault || !text || isPath(text)) return fault;
    return "text needs an object with the words, or a path to one: English is used";
  }
  function inText(name, words) {
    const isMode = /^[A-Z][A-Z\d]*(_[A-Z\d]+)*$/.test(name) && !guess(name, [...WORDS, ...KEYS]);
    if (isMode || WORDS.includes(name)) return wordFault(name, words);
    return strange(`text.${name}`, [...WORDS, ...MODES], "the config, beside text");
  }
  function isObject(value) {
    return typeof value === "object" && value !== null && !Array.isArray(value);
  }
  /** @param known what may be there; `elsewhere` is where other known keys belong */
  function strange(key, known, elsewhere) {
    const name = key.replace("text.", "");
    const meant = guess(name, known);
    if (meant) return `${key} means nothing: call it ${meant}`;
    if ([...KEYS, ...WORDS, ...MODES].includes(name)) return `${key} means nothing here: it belongs into ${elsewhere}`;
    return `${key} means nothing: take it out, it is none of ${known.join(", ")}`;
  }
  /** The known key that is meant by one that is nearly the same. */
  function guess(name, known) {
    if (known.includes(name)) return void 0;
    const bare = (key) => key.toLowerCase().replace(/[^a-z\d]/g, "");
    const synonym = Object.hasOwn(SYNONYMS, bare(name)) ? SYNONYMS[bare(name)] : "";
    if (known.includes(synonym)) return synonym;
    const near = known.map((key) => ({ key, edits: edits(bare(name), bare(key)) })).sort((a, b) => a.edits - b.edits)[0];
    // More letters would make another word of a short one.
    return near.edits <= (near.key.length < 5 ? 1 : 2) ? near.key : void 0;
  }
  /** How many letters have to be put in, taken out or replaced to make one word of the other; letters in another order are one mistake. */
  function edits(from, to) {
    const letters = (word2) => word2.split("").sort().join("");
    if (from !== to && letters(from) === letters(to)) return 1;
    // With what no old library replaces.
    let row = [];
    for (let x = 0; x <= to.length; x++) row.push(x);
    for (let y = 0; y < from.length; y++) {
      const next3 = [y + 1];
      for (let x = 0; x < to.length; x++)
        next3.push(Math.min(row[x + 1] + 1, next3[x] + 1, row[x] + (to[x] === from[y] ? 0 : 1)));
      row = next3;
    }
    return row[to.length];
  }

  // src/doctor/configuration.ts
  /** Without these right there is no prompt; what is wrong with another key shows in the prompt. */
  var FATAL = ["", "jwt", "account", "server"];
  var MISNAMED = /call it (jwt|account|server)$/;
  function sayNoElement() {
    if (snippetRuns())
      note(
        "config",
        "the element with data-" + NAME + " has been taken off the page since the snippet ran, so the doctor cannot follow it any further. It prints what the snippet tells."
      );
    else if (findScript())
      wrong(
        "config",
        "the script is here, but no element has data-" + NAME,
        "A tag manager drops data-* from script tags: take snippet.html or dist/inline.html instead."
      );
  }
  /** The tag by which the element begins, without its values: a token may be in one. */
  function outline(element) {
    const { localName, id: id2 } = element;
    const src = element.getAttribute("src");
    return "<" + localName + (id2 && ' id="' + id2 + '"') + (src ? ' src="' + src + '"' : "") + ">";
  }
  /** @returns whether the snippet can run with it */
  function sayConfig(element, text, fault) {
    note("config", "it is on " + outline(element) + ".");
    const found = document.querySelectorAll("[data-" + NAME + "]");
    if (found.length > 1)
      note("config", found.length + " elements have data-" + NAME + "; a script's own counts, or else the first.");
    const cure = cureOf(text, fault);
    if (fault) wrong("config", CONFIG_SENTENCE + ": " + fault, cure);
    else {
      const written = JSON.parse(text);
      const faults = configFaults(written);
      const misnamed = faults.filter(({ sentence: sentence2 }) => MISNAMED.test(sentence2));
      const others = faults.filter((fault2) => !misnamed.includes(fault2));
      // A key that is nearly right says more than that the right one is missing.
      const fatal = [...misnamed, ...others.filter(({ key }) => FATAL.includes(key))];
      for (const { sentence: sentence2 } of fatal) wrong("config", sentence2, cure);
      for (const { key, sentence: sentence2 } of others) if (!FATAL.includes(key)) note("config", sentence2 + ".");
      if (config.jwt && !fatal.length) ok("config", "its keys are " + Object.keys(written).join(", ") + ".");
    }
    return !!config.jwt;
  }
  /** What breaks the JSON is often the HTML around it. */
  function cureOf(text, fault) {
    if (text.trim() == "{") return "The attribute has ended at its first quotation mark: put it into single quotes.";
    if (fault && /closing "/.test(fault)) return "Has an apostrophe ended the attribute? Write &#39; for it.";
    if (/^\[object/.test(text)) return "An object was put there: use JSON.stringify(config).";
    return "The configurator, which npm start shows, writes it for you.";
  }
  /** What each path leads to; whether it has to lead somewhere is said where it is needed. */
  function sayPaths() {
    const words = Object.entries(typeof config.text == "object" && config.text || {}).map(
      ([key, value]) => ["text." + key, value]
    );
    for (const [key, value] of [...Object.entries(config), ...words])
      if (key == "jwt")
        note(
          "paths",
          "jwt: " + leadsTo(value) + (isPath(value) ? "." : ". All visitors who are given this page have this token: is it this one's own?")
        );
      else if (isPath(value)) note("paths", describePath(key, value) + ".");
  }
  /** What else of the page's own stands in the way. */
  function sayPage() {
    if (JSON.stringify([1]) != "[1]")
      wrong(
        "page",
        "a library of the page's, an old Prototype most likely, gives arrays a toJSON, which spoils every request",
        "Update it, or take Array.prototype.toJSON away."
      );
    if (document.hidden)
      note("page", "this tab is hidden, and nobody can be asked there: the doctor waits until it is seen.");
  }
  function sayAccount() {
    const account = lookUp(config.account);
    if (account) ok("account", account + (isPath(config.account) ? ", from " + config.account : "") + ".");
    else
      wrong(
        "account",
        "there is none: " + leadsTo(config.account),
        "Is LivePerson's tag on the page, and not blocked? If there is none, configure account. It is looked for again every 5 s."
      );
  }

  // src/doctor/doctor.ts
  /**
   * To be pasted into the console of a page on which no prompt appears. It does what the snippet would, by the same code, and says what it finds. In the
   * place of ../page.ts, ../prompt.ts, fetch() and WebSocket the build takes those of this folder. It changes nothing on the page, answers
   * nothing, and prints no secret.
   */
  /** How long a page that is still loading is waited for, and how long, in seconds, a snippet that a tag manager may bring. */
  var LOADED_WITHIN = 1e4;
  var BROUGHT_WITHIN = 5;
  var LISTENERS2 = { pagehide: onLeft, online: onSeen, visibilitychange: onSeen, load: examine };
  /** Not pasted: it may be there before the snippet is. */
  var byScriptTag = !!document.currentScript;
  var begun = false;
  var connecting = false;
  var ended = false;
  async function examine() {
    if (begun) return;
    begun = true;
    for (let second = 0; byScriptTag && !isThere() && second < BROUGHT_WITHIN; second++) await pause(1e3);
    const element = findElement();
    const text = element && element.dataset[API] || "";
    const fault = jsonFault(text);
    if (!fault) Object.assign(config, JSON.parse(text));
    await examineSnippet(!!config.jwt);
    if (ended) return;
    if (!element) return sayNoElement();
    if (!sayConfig(element, text, fault)) return;
    sayPaths();
    sayPage();
    await examineToken();
    if (ended) return;
    sayAccount();
    const server = lookUp(config.server);
    if (server) ok("server", server + ", as configured.");
    connecting = true;
    start();
  }
  function onSeen() {
    if (!document.hidden && connecting) wake();
  }
  function onLeft() {
    if (connecting) reconnect();
  }
  function stop2() {
    if (ended) return;
    ended = true;
    leavePage();
    document.removeEventListener("securitypolicyviolation", onViolation);
    for (const [name, listener] of Object.entries(LISTENERS2)) removeEventListener(name, listener);
    delete window.lpCobrowseDoctor;
    note("doctor", "ended. It has left nothing on the page.");
    silence();
    endTimers();
    stop();
    finish();
  }
  if (window.lpCobrowseDoctor) window.lpCobrowseDoctor.stop();
  window.lpCobrowseDoctor = { stop: stop2 };
  followPage();
  document.addEventListener("securitypolicyviolation", onViolation);
  for (const [name, listener] of Object.entries(LISTENERS2)) addEventListener(name, listener);
  if (document.readyState == "complete") examine();
  else {
    note(
      "doctor",
      "the page is still loading: the doctor begins when it has loaded, or in " + LOADED_WITHIN / 1e3 + " s."
    );
    later(examine, LOADED_WITHIN);
  }
})();
