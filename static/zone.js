// Times are shown where the reader is: the zone's name goes along as a cookie that says nothing else.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const secure = location.protocol === "https:" ? "; Secure" : "";
if (/^[\w+/-]+$/.test(zone ?? "")) document.cookie = `attune_zone=${zone}; Path=/; Max-Age=31536000; SameSite=Strict${secure}`;
