-- What wrk sends to column a: acquires and releases in turn, of the size that bench/load's have.
local function post(path, body)
    return wrk.format("POST", path, {["Content-Type"] = "application/json"}, body)
end

local requests, turn

function init()
    local handle = "251520440336384.s2pPOfJ48BocEP_q9PlcXQ"
    requests = {
        [0] = post("/v1/acquire", '{"pool":"bench","worker":"worker-000000"}'),
        [1] = post("/v1/release", '{"handle":"' .. handle .. '"  }'),
    }
    turn = 0
end

function request()
    turn = 1 - turn
    return requests[turn]
end
