import { FIELDS, OPTIONAL_FROM } from './entry.js';

/**
 * What has to happen in one piece on the server. Every script is about one stream, its only key, so that Redis can
 * replicate and persist it like any other command. They need Redis 7: the lag of a group, and effects replication.
 */

/**
 * `fieldsOf` makes a table of what XINFO answers as a flat list; `groupsOf` knows that a stream which is not there has no
 * groups; `declare` makes groups, whose names are the arguments from `first` on.
 */
const PRELUDE = `
local stream = KEYS[1]
local function fieldsOf(list)
  local fields = {}
  for at = 1, #list, 2 do fields[list[at]] = list[at + 1] end
  return fields
end
local function groupsOf()
  local groups, count = {}, 0
  if redis.call('EXISTS', stream) == 0 then return groups, count end
  for _, list in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local info = fieldsOf(list)
    groups[info.name] = info
    count = count + 1
  end
  return groups, count
end
local function declare(first)
  local groups, count = groupsOf()
  for at = first, #ARGV do
    if not groups[ARGV[at]] then
      redis.call('XGROUP', 'CREATE', stream, ARGV[at], '0', 'MKSTREAM')
      groups[ARGV[at]] = true
      count = count + 1
    end
  end
  return count
end
`;

/** Makes the groups that are not there; they begin with the oldest entry. Answers how many there are. */
const DECLARE = `${PRELUDE}
return declare(1)
`;

/**
 * Adds entries, given by the values of their fields. One after the other, all or, where the server refuses, those before:
 * a pipeline would go on after an entry that was refused, and the later ones of its key would overtake it. Answers the
 * last id.
 */
const PUBLISH = `
local names = { ${FIELDS.map((name) => `'${name}'`).join(', ')} }
local width, always, last = #names, ${OPTIONAL_FROM}, false
local fields = {}
for at, name in ipairs(names) do fields[2 * at - 1] = name end
for first = 0, #ARGV - width, width do
  for at = 1, always do fields[2 * at] = ARGV[first + at] end
  local count = 2 * always
  for at = always + 1, width do
    local value = ARGV[first + at]
    if value ~= '' then
      fields[count + 1], fields[count + 2] = names[at], value
      count = count + 2
    end
  end
  last = redis.call('XADD', KEYS[1], '*', unpack(fields, 1, count))
end
return last
`;

/**
 * Makes the consumer the one reader of its group, if all others are dead: released, of a lower epoch, or, where one of
 * the two has no epoch, silent for too long. Their messages become the consumer's, and they are deleted: one that
 * wakes up finds that out with its next pulse. Never with pending messages: those would be deleted too, and lost.
 * Answers whether the group was there and the consumer not.
 */
const CLAIM = `${PRELUDE}
local group, me, epoch, deadAfterMs = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local existed = groupsOf()[group] ~= nil
declare(5)
local others = {}
for _, list in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
  local other = fieldsOf(list)
  if other.name ~= me then
    others[#others + 1] = other
    local theirs = tonumber(string.match(other.name, '^(%d+):'))
    if theirs then
      if theirs > epoch and epoch > 0 then return { 'fenced', other.name, other.idle } end
      local fenced = theirs > 0 and epoch > theirs
      if not fenced and other.idle < deadAfterMs then return { 'taken', other.name, other.idle } end
    end
  end
end
local created = redis.call('XGROUP', 'CREATECONSUMER', stream, group, me) == 1
local moved = 0
for _, other in ipairs(others) do moved = moved + other.pending end
if moved > 0 then
  local cursor = '0-0'
  repeat
    cursor = redis.call('XAUTOCLAIM', stream, group, me, 0, cursor, 'COUNT', 1000, 'JUSTID')[1]
  until cursor == '0-0'
end
for _, other in ipairs(others) do redis.call('XGROUP', 'DELCONSUMER', stream, group, other.name) end
return { 'claimed', me, existed and created and 1 or 0 }
`;

/**
 * The sign of life of a reader: reading its own messages from behind the last one touches the consumer, which a blocked
 * read does not do on every version. Answers nil where the consumer is not there any more. Else the server's time, what
 * the group has not read and has not acknowledged, the oldest of what it has not read, and the stream's last id.
 *
 * Trims below what the slowest group has acknowledged, which after a loss of data is one that begins anew.
 */
const PULSE = `${PRELUDE}
local group, me, keepMs = ARGV[1], ARGV[2], tonumber(ARGV[3])
if not groupsOf()[group] then return false end
declare(4)
local groups = groupsOf()
local there = false
for _, list in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
  if fieldsOf(list).name == me then there = true end
end
if not there then return false end
redis.call('XREADGROUP', 'GROUP', group, me, 'COUNT', 1, 'STREAMS', stream, '18446744073709551615-0')

local function before(a, b)
  local aMs, aNumber = string.match(a, '(%d+)-(%d+)')
  local bMs, bNumber = string.match(b, '(%d+)-(%d+)')
  if aMs ~= bMs then return tonumber(aMs) < tonumber(bMs) end
  return tonumber(aNumber) < tonumber(bNumber)
end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local keep = string.format('%.0f-0', math.max(0, now - keepMs))
for _, info in pairs(groups) do
  local pending = redis.call('XPENDING', stream, info.name)
  local needed = pending[1] > 0 and pending[2] or info['last-delivered-id']
  if before(needed, keep) then keep = needed end
end
redis.call('XTRIM', stream, 'MINID', '~', keep, 'LIMIT', 100000)

local mine = groups[group]
local unread = mine.lag or redis.call('XLEN', stream)
local oldest = false
if unread > 0 then
  local entry = redis.call('XRANGE', stream, '(' .. mine['last-delivered-id'], '+', 'COUNT', 1)[1]
  if entry then oldest = entry[1] else unread = 0 end
end
local last = fieldsOf(redis.call('XINFO', 'STREAM', stream))['last-generated-id']
return { string.format('%.0f', now), unread, mine.pending, oldest, last }
`;

/** Leaves what the consumer has not acknowledged to whoever comes next, who then need not wait for its death. */
const RELEASE = `${PRELUDE}
local group, me = ARGV[1], ARGV[2]
if not groupsOf()[group] then return 0 end
local after, released = '-', 0
repeat
  local pending = redis.call('XPENDING', stream, group, after, '+', 1000, me)
  for _, entry in ipairs(pending) do
    redis.call('XCLAIM', stream, group, 'released', 0, entry[1], 'JUSTID')
    after = '(' .. entry[1]
    released = released + 1
  end
until #pending == 0
redis.call('XGROUP', 'DELCONSUMER', stream, group, me)
return released
`;

/** Lets the next reader know how often a message was tried, if it is still this consumer's. */
const COUNT = `
local group, me, id, attempts = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if #redis.call('XPENDING', KEYS[1], group, id, id, 1, me) == 0 then return 0 end
redis.call('XCLAIM', KEYS[1], group, me, 0, id, 'RETRYCOUNT', attempts, 'JUSTID')
return 1
`;

export const SCRIPTS = {
  busDeclare: { lua: DECLARE, numberOfKeys: 1 },
  busPublish: { lua: PUBLISH, numberOfKeys: 1 },
  busClaim: { lua: CLAIM, numberOfKeys: 1 },
  busPulse: { lua: PULSE, numberOfKeys: 1 },
  busRelease: { lua: RELEASE, numberOfKeys: 1 },
  busCount: { lua: COUNT, numberOfKeys: 1 },
};

/** The scripts as methods of a connection. The first argument is the stream. */
export interface ScriptCalls {
  busDeclare(stream: string, ...groups: string[]): Promise<number>;
  busPublish(stream: string, ...values: string[]): Promise<string>;
  busClaim(
    stream: string,
    group: string,
    consumer: string,
    epoch: number,
    deadAfterMs: number,
    ...declared: string[]
  ): Promise<
    | [outcome: 'claimed', consumer: string, joined: 0 | 1]
    | [outcome: 'fenced' | 'taken', consumer: string, idleMs: number]
  >;
  busPulse(
    stream: string,
    group: string,
    consumer: string,
    keepMs: number,
    ...declared: string[]
  ): Promise<
    [timeMs: string, unread: number, pending: number, oldestUnread: string | null, lastId: string] | null
  >;
  busRelease(stream: string, group: string, consumer: string): Promise<number>;
  busCount(stream: string, group: string, consumer: string, id: string, attempts: number): Promise<number>;
}
