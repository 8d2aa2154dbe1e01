/**
 * The ClientProperties of InitConnection: `deviceFamily`, `os`, and the feature without which LivePerson offers the agent
 * no co-browsing. A tablet counts as MOBILE; an iPad that asks for desktop sites says that it is a Macintosh, and so do we.
 */
export function clientProperties(userAgent: string) {
  const mobile = /Android/.test(userAgent) ? "ANDROID" : /iP/.test(userAgent) && "IOS";
  return {
    type: ".ams.headers.ClientProperties",
    features: ["CO_BROWSE"],
    deviceFamily: mobile ? "MOBILE" : "DESKTOP",
    os: mobile || (/Win/.test(userAgent) ? "WINDOWS" : /Mac/.test(userAgent) ? "OSX" : "LINUX"),
  };
}
