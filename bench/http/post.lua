-- Posts the body in the file that BODY names; KEY is sent as the API key where it is set.
local file = io.open(os.getenv("BODY"), "rb")
wrk.method = "POST"
wrk.body = file:read("*a")
wrk.headers["Content-Type"] = "application/json"
if os.getenv("KEY") then wrk.headers["Authorization"] = "Bearer " .. os.getenv("KEY") end

local failed = 0
function response(status) if status >= 300 then failed = failed + 1 end end
