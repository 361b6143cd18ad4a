-- Asks Probity's desk gate about every line of chat before it is handed on.
--
-- What Probity refuses or holds is not handed on, and its writer is told why. Where Probity does not
-- answer, nothing is handed on either and the writer is asked to try again. Other servers are reached,
-- and may reach this one, only if their domains are listed.
--
-- Options, of each host:
--   probity_url          "http://127.0.0.1:8090"
--   probity_token_file   "/etc/prosody/probity.token"
--   probity_federation   { "partner.example" }  -- domains that are open; none if it is empty
--
-- Prosody 0.12. Stanzas of a session are taken one after the other while it waits, so lines keep their
-- order; other sessions go on.

local async = require "util.async";
local http = require "net.http";
local jid_bare = require "util.jid".bare;
local jid_host = require "util.jid".host;
local json = require "util.json";
local st = require "util.stanza";
local timer = require "util.timer";

local url = module:get_option_string("probity_url", "http://127.0.0.1:8090") .. "/v1/decide";
local token_file = module:get_option_string("probity_token_file", "/etc/prosody/probity.token");
local open_domains = module:get_option_set("probity_federation", {});

-- Seconds. The desk gate itself gives up after three, and then says why.
local ANSWER_WITHIN = 5;

-- Characters of a message's own name.
local LONGEST_ID = 128;

-- Before anything else of Prosody's sees a message: archives, carbons, rooms.
local FIRST = 1000;

-- What only its receiver can read.
local ENCRYPTED = {
	["eu.siacs.conversations.axolotl"] = true;
	["urn:xmpp:omemo:1"] = true;
	["urn:xmpp:omemo:2"] = true;
	["urn:xmpp:openpgp:0"] = true;
	["jabber:x:encrypted"] = true;
	["urn:xmpp:otr:0"] = true;
};

-- Without a token every question is answered "no": nothing is handed on until somebody puts it right.
local function token()
	local file, err = io.open(token_file);
	if not file then
		module:log("error", "The token of the desk gate cannot be read: %s", err);
		return "";
	end
	local text = file:read("*l") or "";
	file:close();
	return (text:gsub("%s", ""));
end

local authorization = "Bearer " .. token();

-- Elements of formatted text within a line; every other one begins a new line.
local WITHIN_A_LINE = {
	a = true; b = true; big = true; cite = true; code = true; em = true; font = true; i = true; q = true;
	s = true; small = true; span = true; strong = true; sub = true; sup = true; tt = true; u = true;
};

-- Everything in an element that somebody reads, at whatever depth.
local function gather(element, texts)
	for _, node in ipairs(element) do
		if type(node) == "string" then
			texts[#texts + 1] = node;
		else
			if not WITHIN_A_LINE[node.name] then
				texts[#texts + 1] = "\n";
			end
			gather(node, texts);
		end
	end
end

-- What a stanza says, and whether something in it cannot be read here.
local function said(stanza)
	local texts, unreadable = {}, false;
	-- Not childtags(): that passes over what has a namespace of its own, such as formatted text.
	for _, element in ipairs(stanza.tags) do
		if ENCRYPTED[element.attr.xmlns] then
			unreadable = true;
		elseif element.name ~= "error" and element.name ~= "thread" then
			texts[#texts + 1] = "\n";
			gather(element, texts);
		end
	end
	local text = table.concat(texts):gsub("^%s+", "");
	return text, unreadable or text:find("?OTR", 1, true) == 1;
end

-- Asks, and waits for the answer. None where there is none; then with the status, if there is one.
local function ask(question)
	if not async.ready() then
		module:log("error", "A message came where nothing can be waited for");
		return nil, 0;
	end
	local wait, done = async.waiter(1, true);
	local answer, status, finished;
	local function finish(body, code)
		if finished then
			return;
		end
		finished, status = true, code;
		if code == 200 then
			answer = json.decode(body);
		else
			module:log("error", "The desk gate answered %s: %s", tostring(code), tostring(body));
		end
		done();
	end
	http.request(url, {
		headers = {
			["Authorization"] = authorization;
			["Content-Type"] = "application/json";
		};
		body = json.encode(question);
	}, finish);
	timer.add_task(ANSWER_WITHIN, function ()
		finish("it took too long", 0);
	end);
	wait();
	if type(answer) ~= "table" or type(answer.outcome) ~= "string" then
		return nil, status;
	end
	return answer;
end

local function is_ours(domain)
	return prosody.hosts[domain] ~= nil;
end

local function is_open(domain)
	return is_ours(domain) or open_domains:contains(domain);
end

-- Tells the writer that a stanza went no further. Errors are not answered.
local function tell(origin, stanza, kind, condition, text)
	if stanza.attr.type == "error" then
		return;
	end
	local reply = st.error_reply(stanza, kind, condition, text);
	if origin.type == "c2s" then
		origin.send(reply);
	else
		module:send(reply);
	end
end

-- Lets a message on (nil) or stops it (true).
local function decide(event, incoming)
	local origin, stanza = event.origin, event.stanza;
	local text, unreadable = said(stanza);
	if text == "" and not unreadable then
		-- Somebody is typing, has read, has gone: nothing is said.
		return nil;
	end
	local from = stanza.attr.from;
	if not incoming then
		from = origin.username .. "@" .. origin.host;
	end
	local to = jid_bare(stanza.attr.to or from);
	local id = stanza.attr.id or "";
	local answer, status = ask({
		activity = "chat";
		from = jid_bare(from);
		to = to;
		room = stanza.attr.type == "groupchat";
		incoming = incoming;
		text = text;
		unreadable = unreadable;
		id = #id <= LONGEST_ID and id or "";
	});
	if not answer and (status == 413 or status == 422) then
		tell(origin, stanza, "modify", "not-acceptable",
			"This message is longer than anything that can be looked at, so it was not handed on.");
		return true;
	end
	if not answer then
		tell(origin, stanza, "wait", "resource-constraint",
			"This message cannot be recorded just now, so it was not handed on. Please try again in a few minutes.");
		return true;
	end
	if answer.outcome == "permit" then
		return nil;
	end
	if answer.outcome == "warn" then
		if origin.type == "c2s" and answer.say then
			origin.send(st.message({ from = module.host, to = stanza.attr.from, type = "headline" }, answer.say));
		end
		return nil;
	end
	module:log("info", "A message of %s to %s went no further: %s, entry %s", jid_bare(from), to,
		answer.outcome, tostring(answer.entry));
	if incoming or is_open(jid_host(to)) then
		tell(origin, stanza, "modify", "policy-violation", answer.say);
	else
		tell(origin, stanza, "cancel", "service-unavailable", answer.say);
	end
	return true;
end

local function outgoing(event)
	if event.origin.type ~= "c2s" then
		return nil;
	end
	return decide(event, false);
end

-- Only what comes from another server: what our own people write was decided when they wrote it.
local function incoming(event)
	if event.origin.type ~= "s2sin" then
		return nil;
	end
	return decide(event, true);
end

for _, to in ipairs({ "bare", "full", "host" }) do
	module:hook("pre-message/" .. to, outgoing, FIRST);
	module:hook("message/" .. to, incoming, FIRST);
end

-- Nothing at all goes to a server that is not listed, messages or others.
module:hook("route/remote", function (event)
	if is_open(event.to_host) then
		return nil;
	end
	module:log("info", "Nothing goes to %s, which is not listed", event.to_host);
	if event.stanza.attr.type ~= "error" and event.stanza.attr.type ~= "result" then
		module:send(st.error_reply(event.stanza, "cancel", "service-unavailable",
			"This server exchanges messages with listed partners only."));
	end
	return true;
end, FIRST);

module:hook("s2s-stream-features", function (event)
	local from = event.origin.from_host;
	if from and not is_open(from) then
		module:log("info", "%s is not listed and is not let in", from);
		event.origin:close({
			condition = "policy-violation";
			text = "This server exchanges messages with listed partners only.";
		});
	end
end, FIRST);
