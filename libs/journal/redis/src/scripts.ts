import { createHash } from 'node:crypto';

/**
 * What has to happen in one piece on the server. Each may arrive twice, the second time long after the first and from a
 * connection that its sender has given up: what has happened already is then answered, and not done again.
 */

/** Whether the store is still this opening's, by KEYS[1], owner ARGV[1], and epoch ARGV[2]. */
const HELD = `
local held = redis.call('HMGET', KEYS[1], 'owner', 'epoch')
if held[1] ~= ARGV[1] or held[2] ~= ARGV[2] then return { 'fenced', held[2] or '0' } end
`;

/** Takes the store over from whoever has had it. KEYS: store, heads. ARGV: owner, epoch or '', format, whether it must exist. */
const OPEN = `
local held = redis.call('HMGET', KEYS[1], 'owner', 'epoch', 'format')
if held[3] then
  if held[3] ~= ARGV[3] then return { 'format', held[3] } end
elseif redis.call('EXISTS', KEYS[2]) == 1 then return { 'headless', '0' }
elseif ARGV[4] == '1' then return { 'missing', '0' } end
if held[1] == ARGV[1] then return { 'opened', held[2] } end
local last, epoch = tonumber(held[2] or '0'), tonumber(ARGV[2])
if epoch and epoch < last then return { 'outdated', held[2] } end
local text = string.format('%.0f', epoch or last + 1)
redis.call('HSET', KEYS[1], 'format', ARGV[3], 'owner', ARGV[1], 'epoch', text)
return { 'opened', text }
`;

/** What is kept of a shard. KEYS: log, snapshot. */
const LOOK = `
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local snapshot = redis.call('HMGET', KEYS[2], 'sequence', 'forgetTo')
return { first and first[1] or false, last and last[1] or false, redis.call('XLEN', KEYS[1]), snapshot[1], snapshot[2] }
`;

/**
 * Appends records, each whole and only as the one after the last, one after the other up to the first that does not fit.
 * KEYS: store, heads, the logs. ARGV: owner, epoch, how many logs, the shard of each; then for each record the number of
 * its log, its own, its checksum, its text.
 */
const APPEND = `${HELD}
local logs, lasts = tonumber(ARGV[3]), {}
for at = 4 + logs, #ARGV, 4 do
  local log, number = tonumber(ARGV[at]), ARGV[at + 1]
  local key, shard, id = KEYS[2 + log], ARGV[3 + log], number .. '-0'
  local last = lasts[log] or tonumber(redis.call('HGET', KEYS[2], shard) or '0')
  if tonumber(number) == last + 1 then
    redis.call('XADD', key, id, 'check', ARGV[at + 2], 'text', ARGV[at + 3])
    redis.call('HSET', KEYS[2], shard, number)
    last = last + 1
  else
    local there = tonumber(number) <= last
    local entry = there and redis.call('XRANGE', key, id, id)[1]
    if not there or entry and entry[2][2] ~= ARGV[at + 2] then
      return { 'conflict', string.format('%.0f', last), shard, number }
    end
  end
  lasts[log] = last
end
return { 'ok', ARGV[2] }
`;

/**
 * Keeps a snapshot, and drops the records that need not be kept beside it. KEYS: store, heads, log, snapshot. ARGV: owner,
 * epoch, shard, the ordinal of the call, sequence, forgetTo, checksum, text.
 */
const SNAPSHOT = `${HELD}
local last = redis.call('HGET', KEYS[2], ARGV[3]) or '0'
if tonumber(ARGV[5]) > tonumber(last) then return { 'conflict', last, ARGV[3], ARGV[5] } end
local before = redis.call('HMGET', KEYS[4], 'owner', 'ordinal', 'forgetTo')
if before[1] == ARGV[1] and tonumber(before[2]) >= tonumber(ARGV[4]) then return { 'ok', ARGV[2] } end
local forgetTo = string.format('%.0f', math.max(tonumber(ARGV[6]), tonumber(before[3] or '0')))
redis.call('HSET', KEYS[4], 'owner', ARGV[1], 'ordinal', ARGV[4], 'sequence', ARGV[5], 'forgetTo', forgetTo,
  'check', ARGV[7], 'text', ARGV[8])
redis.call('HSETNX', KEYS[2], ARGV[3], '0')
redis.call('XTRIM', KEYS[3], 'MINID', string.format('%.0f-0', forgetTo + 1))
return { 'ok', ARGV[2] }
`;

export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export const SCRIPTS = {
  open: script(OPEN),
  look: script(LOOK),
  append: script(APPEND),
  snapshot: script(SNAPSHOT),
};

function script(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}
