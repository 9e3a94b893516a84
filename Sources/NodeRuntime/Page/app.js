"use strict";

// A small client of the whole protocol: register, log in, open chats, write, read what others write.
// The chat's own numbers (`seq`) decide what is shown and what is missing.

const $ = (id) => document.getElementById(id);
const me = { token: null, user: null, name: null };
const chats = new Map(); // id -> {title, entries: Map(seq -> entry), head}
const names = new Map(); // user id -> name
let socket = null;
let current = null;
let lastID = 0;
let wait = 500;
const waiting = new Map(); // frame id -> {resolve, reject}
const unsent = []; // sends whose answer has not come yet

function trouble(text) {
  $("trouble").textContent = text || "";
  $("trouble").hidden = !text;
}

async function call(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  if (me.token) headers.Authorization = "Bearer " + me.token;
  const answer = await fetch(path, {
    method, headers, body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  const value = text ? JSON.parse(text) : {};
  if (!answer.ok) throw new Error(value.message || value.code || answer.statusText);
  return value;
}

// RFC 9562 section 5.7: 48 bits of time, then chance.
function uuid7() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = Date.now() + clockOffset;
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)]
    .join("-");
}
let clockOffset = 0;

// ---- The socket

function connect() {
  $("state").textContent = "connecting";
  const scheme = location.protocol === "https:" ? "wss://" : "ws://";
  socket = new WebSocket(scheme + location.host + "/v1/socket", "rookery.v1");
  socket.onopen = () => request({ op: "hello", token: me.token }).then(welcomed, refused);
  socket.onmessage = (event) => receive(JSON.parse(event.data));
  socket.onclose = () => {
    for (const { reject } of waiting.values()) reject(new Error("the connection broke"));
    waiting.clear();
    if (!me.token) return;
    $("state").textContent = "reconnecting";
    setTimeout(connect, wait * (0.5 + Math.random()));
    wait = Math.min(wait * 2, 10000);
  };
}

function request(frame) {
  lastID += 1;
  const id = lastID;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    socket.send(JSON.stringify({ ...frame, id }));
  });
}

function refused(error) {
  trouble(error.message);
  if (error.code === "unauthenticated" || error.code === "token_expired") logOut();
}

let heartbeat = null;

async function welcomed(frame) {
  wait = 500;
  clockOffset = frame.time - Date.now();
  $("state").textContent = "connected to node " + frame.node;
  clearInterval(heartbeat);
  heartbeat = setInterval(() => {
    if (socket.readyState === WebSocket.OPEN) socket.send('{"op":"ping"}');
  }, frame.heartbeat_ms);
  await listChats();
  for (const send of unsent) deliver(send);
}

function receive(frame) {
  const answer = waiting.get(frame.id);
  if (answer) {
    waiting.delete(frame.id);
    if (frame.op === "error") {
      answer.reject(Object.assign(new Error(frame.message || frame.code), frame));
    } else {
      answer.resolve(frame);
    }
    return;
  }
  if (frame.op === "welcome") {
    for (const [id, { resolve }] of waiting) {
      waiting.delete(id);
      resolve(frame);
    }
  } else if (frame.op === "entry") {
    take(frame);
  } else if (frame.op === "gap") {
    fill(frame.chat);
  } else if (frame.op === "chat") {
    listChats();
  } else if (frame.op === "error") {
    trouble(frame.message || frame.code);
  }
}

// ---- Chats

async function listChats() {
  const list = await request({ op: "sync" });
  for (const head of list.chats) {
    const chat = chatOf(head.chat);
    chat.kind = head.kind;
    chat.title = head.title || chat.title;
    chat.head = Math.max(chat.head, head.head);
    if (!chat.title) await nameAfterMembers(head.chat, chat);
  }
  showChats();
  for (const head of list.chats) await fill(head.chat);
}

function chatOf(id) {
  if (!chats.has(id)) chats.set(id, { title: "", entries: new Map(), head: 0, first: 0 });
  return chats.get(id);
}

async function nameAfterMembers(id, chat) {
  const answer = await call("GET", "/v1/chats/" + id + "/members");
  const others = [];
  for (const member of answer.members) {
    const user = typeof member === "string" ? member : member.user;
    if (user !== me.user) others.push(await nameOf(user));
  }
  chat.title = others.join(", ") || "only you";
}

async function nameOf(user) {
  if (user === me.user) return "you";
  if (!names.has(user)) {
    try {
      names.set(user, (await call("GET", "/v1/users/" + user)).name);
    } catch {
      names.set(user, "user " + user);
    }
  }
  return names.get(user);
}

/// Fetches what is missing between what is shown and the head.
async function fill(id) {
  const chat = chatOf(id);
  for (;;) {
    let after = chat.first;
    while (chat.entries.has(after + 1)) after += 1;
    const page = await request({ op: "get", chat: id, after });
    for (const entry of page.entries) keep(id, entry);
    chat.head = page.head;
    if (page.entries.length === 0 || after + page.entries.length >= page.head) break;
    chat.first = Math.max(chat.first, page.entries[0].seq - 1);
  }
  if (current === id) showEntries();
}

function take(entry) {
  const isNew = !chats.has(entry.chat);
  const chat = chatOf(entry.chat);
  keep(entry.chat, entry);
  if (isNew) {
    listChats();
  } else if (entry.seq > 1 && !chat.entries.has(entry.seq - 1)) {
    fill(entry.chat);
  } else if (current === entry.chat) {
    showEntries();
  }
}

function keep(id, entry) {
  const chat = chatOf(id);
  chat.entries.set(entry.seq, entry);
  chat.head = Math.max(chat.head, entry.seq);
}

function showChats() {
  const list = $("chats");
  list.replaceChildren();
  for (const [id, chat] of chats) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = chat.title || "chat " + id;
    button.setAttribute("aria-current", String(id === current));
    button.onclick = () => openChat(id);
    const item = document.createElement("li");
    item.append(button);
    list.append(item);
  }
}

function openChat(id) {
  current = id;
  $("title").textContent = chatOf(id).title || "chat " + id;
  $("write").hidden = false;
  showChats();
  fill(id).catch((error) => trouble(error.message));
  $("text").focus();
}

async function showEntries() {
  const id = current;
  const chat = chatOf(id);
  const lines = [];
  for (const seq of [...chat.entries.keys()].sort((left, right) => left - right)) {
    lines.push(await line(chat.entries.get(seq)));
  }
  if (id !== current) return;
  for (const send of unsent.filter((send) => send.chat === id)) {
    lines.push(item("mine", "you, on its way", send.text));
  }
  $("entries").replaceChildren(...lines);
  $("entries").scrollTop = $("entries").scrollHeight;
  if (socket && socket.readyState === WebSocket.OPEN && chat.head > 0) {
    socket.send(JSON.stringify({ op: "mark", chat: id, read: chat.head }));
  }
}

async function line(entry) {
  const from = await nameOf(entry.from);
  if (entry.kind === "message") {
    return item(entry.from === me.user ? "mine" : "theirs", from, entry.text || "");
  }
  const people = await Promise.all((entry.users || []).map(nameOf));
  const words = { join: "joined", leave: "left", role: "has a new role" };
  const note = document.createElement("li");
  note.className = "note";
  note.textContent = people.join(", ") + " " + (words[entry.kind] || entry.kind);
  return note;
}

function item(kind, from, text) {
  const row = document.createElement("li");
  row.className = kind;
  const who = document.createElement("span");
  who.className = "from";
  who.textContent = from;
  const what = document.createElement("span");
  what.className = "text";
  what.textContent = text;
  row.append(who, what);
  return row;
}

/// Repeats with the same client_id until there is an answer: the server makes one message of it.
function deliver(send) {
  request({ op: "send", chat: send.chat, client_id: send.client_id, text: send.text }).then(
    () => settle(send, null),
    (error) => {
      if (error.retry === "no") settle(send, error);
    });
}

function settle(send, error) {
  const index = unsent.indexOf(send);
  if (index >= 0) unsent.splice(index, 1);
  if (error) trouble(error.message);
  if (current === send.chat) showEntries();
}

// ---- Forms

$("account").onsubmit = async (event) => {
  event.preventDefault();
  trouble("");
  const name = $("name").value.trim();
  const password = $("password").value;
  try {
    if (event.submitter && event.submitter.value === "register") {
      await call("POST", "/v1/users", { name, password });
    }
    const session = await call("POST", "/v1/sessions", { name, password });
    Object.assign(me, { token: session.token, user: session.user, name });
    $("who").textContent = name + " (user " + me.user + ")";
    $("who").hidden = false;
    $("leave").hidden = false;
    $("door").hidden = true;
    $("room").hidden = false;
    connect();
  } catch (error) {
    trouble(error.message);
  }
};

$("open").onsubmit = async (event) => {
  event.preventDefault();
  trouble("");
  try {
    const people = $("people").value.split(/[\s,]+/).filter(Boolean);
    const users = [];
    for (const name of people) {
      const found = await call("GET", "/v1/users?name=" + encodeURIComponent(name));
      if (found.users.length === 0) throw new Error("nobody is called " + name);
      users.push(found.users[0].user);
    }
    const body = users.length === 1
      ? { kind: "direct", user: users[0] }
      : { kind: "group", title: people.join(", "), members: users };
    const { chat } = await call("POST", "/v1/chats", body);
    $("people").value = "";
    await listChats();
    openChat(chat);
  } catch (error) {
    trouble(error.message);
  }
};

$("write").onsubmit = (event) => {
  event.preventDefault();
  const send = { chat: current, client_id: uuid7(), text: $("text").value };
  $("text").value = "";
  unsent.push(send);
  if (socket.readyState === WebSocket.OPEN) deliver(send);
  showEntries();
};

function logOut() {
  me.token = null;
  if (socket) socket.close();
  location.reload();
}

$("leave").onclick = logOut;
