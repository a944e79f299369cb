-- The load of one measurement: wrk ... -s load.lua URL -- KIND PER_POST PREFIX ACCOUNTS [FILE]
-- KIND: get (of the URL as it is), empty, sends, reports, ledger: reports with ids and recipients all over the ledger's indexes, or
-- signed: a line of FILE for each request, its signature, a space and its body.
-- PREFIX begins each id, so that no id comes twice in the life of a bridge; the random ones differ by it.
-- ACCOUNTS above 1: the URL's path goes on with a number from 1 to it, in turn.

local most = 2000000 -- requests, whatever the time allows
local made, items = 0, 0
local kind, perPost, prefix, accounts, signed

local function send(id)
  return '{"to":"447700' .. 900000 + items % 100000 .. '","text":"Your parcel arrives today between 10 and 12.","messageId":"' .. id .. '"}'
end

local function report(id, recipient)
  return '{"bulkId":"' .. prefix .. '","messageId":"' .. id .. '","to":"' .. (recipient or "447700900123") .. '","sender":"Bridge",'
      .. '"sentAt":"2026-11-23T10:00:00.000+0000","doneAt":"2026-11-23T10:00:02.123+0000","messageCount":1,'
      .. '"callbackData":"meta-' .. id .. '","price":{"pricePerMessage":0.01,"currency":"EUR"},"platform":{},'
      .. '"status":{"groupId":3,"groupName":"DELIVERED","id":5,"name":"DELIVERED_TO_HANDSET","description":"Message delivered to handset"},'
      .. '"error":{"groupId":0,"groupName":"OK","id":0,"name":"NO_ERROR","description":"No Error","permanent":false}}'
end

local function randomReport()
  local id = {}
  for i = 1, 4 do id[i] = string.format("%08x", math.random(0, 4294967295)) end
  return report(table.concat(id), "4477" .. math.random(10000000, 99999999))
end

local function list(item)
  local all = {}
  for i = 1, perPost do
    items = items + 1
    all[i] = item(prefix .. "-" .. items)
  end
  return table.concat(all, ",")
end

local bodies = {
  empty = function() return "" end,
  sends = function() return perPost == 1 and list(send) or '{"messages":[' .. list(send) .. "]}" end,
  reports = function() return '{"results":[' .. list(report) .. "]}" end,
  ledger = function() return '{"results":[' .. list(randomReport) .. "]}" end
}

function init(args)
  kind, perPost, prefix, accounts = args[1], tonumber(args[2]), args[3], tonumber(args[4])
  signed = args[5] and io.lines(args[5])
  wrk.headers["Content-Type"] = "application/json"
  math.randomseed(tonumber(prefix:match("%d+")))
end

function request()
  made = made + 1
  if made > most then wrk.thread:stop() end
  if kind == "get" then return wrk.format("GET") end
  if kind == "signed" then
    local line = signed()
    local space = line:find(" ", 1, true)
    wrk.headers["X-Hub-Signature"] = line:sub(1, space - 1)
    return wrk.format("POST", nil, nil, line:sub(space + 1))
  end
  return wrk.format("POST", accounts > 1 and wrk.path .. 1 + made % accounts or nil, nil, bodies[kind]())
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format("bench requests=%d micros=%d refused=%d broken=%d p50=%.1f p99=%.1f", summary.requests, summary.duration,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
