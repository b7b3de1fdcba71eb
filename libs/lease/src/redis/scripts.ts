/**
 * Every script is about one name: its lease, which Redis forgets when it is not renewed, and what is remembered of it for
 * good: the last epoch, which of them was given back, and how long the last one was taken for.
 */

/**
 * Takes the lease where nobody has it. Answers the epoch, 0: somebody has it, and how long the holder before may still
 * act. Asked again by the one who has it, because the first answer was lost, it answers the same.
 */
const TAKE = `
local lease, memory, token, ttl = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
local holder = redis.call('GET', lease)
if holder and holder ~= token then return { 0, 0 } end
if not holder then
  local epoch = tonumber(redis.call('HGET', memory, 'epoch') or '0')
  local released = tonumber(redis.call('HGET', memory, 'released') or '0')
  local former = 0
  if released < epoch then former = redis.call('HGET', memory, 'ttl') end
  redis.call('HINCRBY', memory, 'epoch', 1)
  redis.call('HSET', memory, 'ttl', ttl, 'former', former)
end
redis.call('SET', lease, token, 'PX', ttl)
return { tonumber(redis.call('HGET', memory, 'epoch')), tonumber(redis.call('HGET', memory, 'former')) }
`;

/**
 * Answers 1 where it is renewed. It may be gone without having been taken: the server's clock was set, or its last second
 * is lost. Then it is the holder's again, if the epoch is still its own.
 */
const RENEW = `
local lease, memory, token, ttl, epoch = KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3]
local holder = redis.call('GET', lease)
if holder and holder ~= token then return 0 end
if redis.call('HGET', memory, 'epoch') ~= epoch then return 0 end
redis.call('SET', lease, token, 'PX', ttl)
return 1
`;

const RELEASE = `
local lease, memory, token, epoch = KEYS[1], KEYS[2], ARGV[1], ARGV[2]
if redis.call('GET', lease) ~= token then return 0 end
redis.call('DEL', lease)
redis.call('HSET', memory, 'released', epoch)
return 1
`;

export const SCRIPTS = {
  leaseTake: { lua: TAKE, numberOfKeys: 2 },
  leaseRenew: { lua: RENEW, numberOfKeys: 2 },
  leaseRelease: { lua: RELEASE, numberOfKeys: 2 },
};

/** The scripts as methods of a connection. The first two arguments are the lease and what is remembered of it. */
export interface ScriptCalls {
  leaseTake(
    lease: string,
    memory: string,
    token: string,
    ttlMs: number,
  ): Promise<[epoch: number, formerMs: number]>;
  leaseRenew(lease: string, memory: string, token: string, ttlMs: number, epoch: number): Promise<0 | 1>;
  leaseRelease(lease: string, memory: string, token: string, epoch: number): Promise<0 | 1>;
}
